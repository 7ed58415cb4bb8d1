package io.barista.openai.chat;

import io.barista.openai.json.JsonFields;
import io.barista.openai.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message of the conversation so far.
 *
 * @param role       any role; the chat template decides which it knows
 * @param reasoning  earlier thoughts of the assistant, sent as {@code reasoning} or {@code reasoning_content}
 * @param toolCalls  empty when there are none
 * @param toolCallId the call that a tool's message answers
 */
public record ChatMessage(String role, @Nullable MessageContent content, @Nullable String name,
        @Nullable String reasoning, List<ToolCall> toolCalls, @Nullable String toolCallId) {

    /** A message of text alone. */
    public static ChatMessage of(String role, String text) {
        return new ChatMessage(role, new MessageContent.Text(text), null, null, List.of(), null);
    }

    /** What a called tool answered. */
    public static ChatMessage ofTool(String callId, String text) {
        return new ChatMessage("tool", new MessageContent.Text(text), null, null, List.of(), callId);
    }

    static ChatMessage read(JsonFields message) {
        String reasoning = message.string("reasoning");
        String reasoningContent = message.string("reasoning_content");
        return new ChatMessage(message.requiredString("role"), MessageContent.read(message), message.string("name"),
                reasoning == null ? reasoningContent : reasoning, readToolCalls(message),
                message.string("tool_call_id"));
    }

    private static List<ToolCall> readToolCalls(JsonFields message) {
        JsonValue value = message.value("tool_calls");
        if (value == null) {
            return List.of();
        }
        List<ToolCall> calls = new ArrayList<>();
        for (JsonValue element : value.elements()) {
            calls.add(ToolCall.read(element.asFields()));
        }
        return List.copyOf(calls);
    }
}
