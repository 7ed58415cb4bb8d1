package io.barista.modelservice.chat;

import io.barista.openai.chat.ChatMessage;
import io.barista.openai.chat.ContentPart;
import io.barista.openai.chat.MessageContent;
import io.barista.openai.chat.ToolCall;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages of a request as plain values, for the chat template. */
final class PlainMessages {

    private PlainMessages() {}

    /** @throws ApiException for an empty conversation, or a part that is not text */
    static List<Map<String, @Nullable Object>> of(List<ChatMessage> messages) {
        if (messages.isEmpty()) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "messages", "messages must not be empty.");
        }
        return messages.stream().map(PlainMessages::plain).toList();
    }

    private static Map<String, @Nullable Object> plain(ChatMessage message) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("role", message.role());
        map.put("content", plain(message.content()));
        putIfPresent(map, "name", message.name());
        putIfPresent(map, "reasoning", message.reasoning());
        putIfPresent(map, "tool_call_id", message.toolCallId());
        if (!message.toolCalls().isEmpty()) {
            map.put("tool_calls", message.toolCalls().stream().map(PlainMessages::plain).toList());
        }
        return map;
    }

    private static @Nullable Object plain(@Nullable MessageContent content) {
        return switch (content) {
            case null -> null;
            case MessageContent.Text(String text) -> text;
            case MessageContent.Parts(List<ContentPart> parts) -> parts.stream().map(PlainMessages::plain).toList();
        };
    }

    private static Map<String, @Nullable Object> plain(ContentPart part) {
        return switch (part) {
            case ContentPart.Text(String text) -> Map.of("type", "text", "text", text);
            case ContentPart.Other(String type, String path) -> throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER,
                    path, "This model reads text only, but %s is a part of type '%s'.", path, type);
        };
    }

    private static Map<String, @Nullable Object> plain(ToolCall call) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        putIfPresent(map, "id", call.id());
        map.put("type", call.type());
        map.put("function", Map.of("name", call.function().name(), "arguments", call.function().arguments()));
        return map;
    }

    private static void putIfPresent(Map<String, @Nullable Object> map, String key, @Nullable Object value) {
        if (value != null) {
            map.put(key, value);
        }
    }
}
