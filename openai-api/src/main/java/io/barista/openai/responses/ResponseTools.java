package io.barista.openai.responses;

import io.barista.openai.chat.Tool;
import io.barista.openai.chat.ToolChoice;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.JsonFields;
import io.barista.openai.json.JsonValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code tools} and {@code tool_choice} of a responses request. */
final class ResponseTools {

    private ResponseTools() {}

    /** Null when there are none. */
    static @Nullable List<Tool> read(JsonFields request) {
        return Tool.functions(request, "parameters", Tool::requireFunction);
    }

    /** Null when absent. */
    static @Nullable ToolChoice readChoice(JsonFields request) {
        JsonValue value = request.value("tool_choice");
        if (value == null) {
            return null;
        }
        if (value.isObject()) {
            JsonFields choice = value.asFields();
            String type = choice.requiredString("type");
            if (!type.equals("function")) {
                throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, "tool_choice.type",
                        "'tool_choice.type' must be 'function', got '%s'.", type);
            }
            return new ToolChoice.Named(choice.requiredString("name"));
        }
        return switch (value.asString()) {
            case "none" -> new ToolChoice.None();
            case "auto" -> new ToolChoice.Auto();
            case "required" -> new ToolChoice.Required();
            default -> throw ApiException.of(ErrorCode.INVALID_VALUE, "tool_choice",
                    "'tool_choice' must be 'none', 'auto', 'required' or an object that names a function.");
        };
    }
}
