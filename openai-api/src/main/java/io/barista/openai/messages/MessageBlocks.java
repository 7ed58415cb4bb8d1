package io.barista.openai.messages;

import io.barista.openai.chat.ChatMessage;
import io.barista.openai.chat.ContentPart;
import io.barista.openai.chat.MessageContent;
import io.barista.openai.chat.ToolCall;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.JsonFields;
import io.barista.openai.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the conversation of a messages request: what Anthropic puts into blocks of a message, chats put into messages of their own. */
final class MessageBlocks {

    private MessageBlocks() {}

    /** {@code system} and {@code messages}; at least one message. */
    static List<ChatMessage> messages(JsonFields fields) {
        List<ChatMessage> messages = new ArrayList<>();
        JsonValue system = fields.value("system");
        if (system != null) {
            String text = text(system);
            if (!text.isEmpty()) {
                messages.add(ChatMessage.of("system", text));
            }
        }
        List<JsonValue> turns = fields.required("messages").elements();
        if (turns.isEmpty()) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "messages", "messages: at least one message is required.");
        }
        turns.forEach(turn -> read(turn.asFields(), messages));
        return List.copyOf(messages);
    }

    private static void read(JsonFields turn, List<ChatMessage> messages) {
        String role = turn.requiredString("role");
        JsonValue content = turn.required("content");
        switch (role) {
            case "user", "system" -> readInput(role, content, messages);
            case "assistant" -> messages.add(assistant(content));
            default -> throw ApiException.of(ErrorCode.INVALID_VALUE, turn.pathOf("role"),
                    "'%s' must be 'user' or 'assistant', got '%s'.", turn.pathOf("role"), role);
        }
    }

    /** Results of tools become messages of their own, in their place among the rest. */
    private static void readInput(String role, JsonValue content, List<ChatMessage> messages) {
        if (content.isString()) {
            messages.add(ChatMessage.of(role, content.asString()));
            return;
        }
        List<ContentPart> parts = new ArrayList<>();
        for (JsonValue block : content.elements()) {
            JsonFields fields = block.asFields();
            String type = fields.requiredString("type");
            switch (type) {
                case "text" -> parts.add(new ContentPart.Text(fields.requiredString("text")));
                case "tool_result" -> {
                    flush(role, parts, messages);
                    JsonValue result = fields.value("content");
                    messages.add(ChatMessage.ofTool(fields.requiredString("tool_use_id"),
                            result == null ? "" : text(result)));
                }
                default -> throw unreadable(block, type);
            }
        }
        flush(role, parts, messages);
    }

    private static void flush(String role, List<ContentPart> parts, List<ChatMessage> messages) {
        if (!parts.isEmpty()) {
            messages.add(new ChatMessage(role, content(parts), null, null, List.of(), null));
            parts.clear();
        }
    }

    private static ChatMessage assistant(JsonValue content) {
        if (content.isString()) {
            return ChatMessage.of("assistant", content.asString());
        }
        List<ContentPart> parts = new ArrayList<>();
        List<ToolCall> calls = new ArrayList<>();
        StringBuilder thoughts = new StringBuilder();
        for (JsonValue block : content.elements()) {
            JsonFields fields = block.asFields();
            String type = fields.requiredString("type");
            switch (type) {
                case "text" -> parts.add(new ContentPart.Text(fields.requiredString("text")));
                case "thinking" -> thoughts.append(fields.requiredString("thinking"));
                case "redacted_thinking" -> {
                }
                case "tool_use" -> calls.add(ToolCall.function(fields.requiredString("id"),
                        fields.requiredString("name"), arguments(fields.value("input"))));
                default -> throw unreadable(block, type);
            }
        }
        return new ChatMessage("assistant", parts.isEmpty() ? null : content(parts), null,
                thoughts.isEmpty() ? null : thoughts.toString(), List.copyOf(calls), null);
    }

    private static String arguments(@Nullable JsonValue input) {
        return input == null ? "{}" : input.asJson();
    }

    private static MessageContent content(List<ContentPart> parts) {
        return parts.size() == 1 && parts.getFirst() instanceof ContentPart.Text(String text)
                ? new MessageContent.Text(text)
                : new MessageContent.Parts(List.copyOf(parts));
    }

    /** A string, or blocks of text. */
    private static String text(JsonValue value) {
        if (value.isString()) {
            return value.asString();
        }
        return value.elements().stream().map(block -> {
            JsonFields fields = block.asFields();
            String type = fields.requiredString("type");
            if (!type.equals("text")) {
                throw unreadable(block, type);
            }
            return fields.requiredString("text");
        }).collect(Collectors.joining("\n"));
    }

    private static ApiException unreadable(JsonValue block, String type) {
        return ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, block.path(),
                "This model reads text only, but %s is a block of type '%s'.", block.path(), type);
    }
}
