package io.barista.openai.messages;

import io.barista.openai.chat.Tool;
import io.barista.openai.chat.ToolChoice;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.JsonFields;
import io.barista.openai.json.JsonValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code tools} and {@code tool_choice} of a messages request. */
final class MessageTools {

    private MessageTools() {}

    /** Null when there are none. */
    static @Nullable List<Tool> read(JsonFields request) {
        return Tool.functions(request, "input_schema", MessageTools::requireCustom);
    }

    private static void requireCustom(JsonFields tool) {
        String type = tool.string("type");
        if (type != null && !type.equals("custom")) {
            throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, tool.pathOf("type"),
                    "Only tools that the client runs itself are supported, got one of type '%s'.", type);
        }
    }

    /** Null when absent. */
    static @Nullable ToolChoice readChoice(JsonFields request) {
        JsonValue value = request.value("tool_choice");
        if (value == null) {
            return null;
        }
        JsonFields choice = value.asFields();
        String type = choice.requiredString("type");
        return switch (type) {
            case "auto" -> new ToolChoice.Auto();
            case "any" -> new ToolChoice.Required();
            case "none" -> new ToolChoice.None();
            case "tool" -> new ToolChoice.Named(choice.requiredString("name"));
            default -> throw ApiException.of(ErrorCode.INVALID_VALUE, "tool_choice.type",
                    "'tool_choice.type' must be 'auto', 'any', 'tool' or 'none', got '%s'.", type);
        };
    }

    static boolean readParallel(JsonFields request) {
        JsonValue value = request.value("tool_choice");
        return value == null || !value.asFields().flag("disable_parallel_tool_use", false);
    }
}
