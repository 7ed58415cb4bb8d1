package io.barista.openai.responses;

import io.barista.openai.chat.ChatMessage;
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

/**
 * Reads {@code input} into messages. Thoughts, text and calls that follow each other are what a chat calls one message of the
 * assistant.
 */
final class InputItems {

    private final List<ChatMessage> messages = new ArrayList<>();
    private final List<ToolCall> calls = new ArrayList<>();
    private @Nullable String thoughts;
    private @Nullable MessageContent said;

    private InputItems() {}

    static List<ChatMessage> read(JsonValue input) {
        if (input.isString()) {
            return List.of(ChatMessage.of("user", input.asString()));
        }
        InputItems items = new InputItems();
        input.elements().forEach(items::add);
        items.flush();
        return List.copyOf(items.messages);
    }

    private void add(JsonValue element) {
        JsonFields item = element.asFields();
        String asked = item.string("type");
        String type = asked == null ? "message" : asked;
        switch (type) {
            case "message" -> addMessage(item);
            case "function_call" -> calls.add(ToolCall.function(item.requiredString("call_id"),
                    item.requiredString("name"), arguments(item)));
            case "function_call_output" -> {
                flush();
                messages.add(ChatMessage.ofTool(item.requiredString("call_id"), text(item.required("output"))));
            }
            case "reasoning" -> {
                flush();
                thoughts = thoughts(item);
            }
            default -> throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, item.pathOf("type"),
                    "Items of type '%s' are not supported by this server; it knows 'message', 'function_call',"
                            + " 'function_call_output' and 'reasoning'.",
                    type);
        }
    }

    private void addMessage(JsonFields item) {
        String role = item.requiredString("role");
        MessageContent content = MessageContent.read(item);
        if (!role.equals("assistant")) {
            flush();
            messages.add(new ChatMessage(role, content, null, null, List.of(), null));
            return;
        }
        if (said != null || !calls.isEmpty()) {
            flush();
        }
        said = content == null ? new MessageContent.Text("") : content;
    }

    private void flush() {
        if (said != null || !calls.isEmpty()) {
            messages.add(new ChatMessage("assistant", said, null, thoughts, List.copyOf(calls), null));
        }
        said = null;
        thoughts = null;
        calls.clear();
    }

    private static String arguments(JsonFields call) {
        JsonValue arguments = call.value("arguments");
        return arguments == null || arguments.isEmpty() ? "{}" : arguments.asString();
    }

    private static String thoughts(JsonFields item) {
        JsonValue content = item.value("content");
        JsonValue summary = item.value("summary");
        JsonValue told = content == null || content.isEmpty() ? summary : content;
        return told == null ? "" : text(told);
    }

    private static String text(JsonValue value) {
        if (value.isString()) {
            return value.asString();
        }
        return value.elements().stream().map(part -> {
            JsonFields fields = part.asFields();
            String type = fields.requiredString("type");
            return switch (type) {
                case "input_text", "output_text", "text", "reasoning_text", "summary_text" ->
                    fields.requiredString("text");
                default -> throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, part.path(),
                        "This model reads text only, but %s is a part of type '%s'.", part.path(), type);
            };
        }).collect(Collectors.joining("\n"));
    }
}
