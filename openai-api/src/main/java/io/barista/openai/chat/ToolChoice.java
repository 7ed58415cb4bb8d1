package io.barista.openai.chat;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.JsonFields;
import io.barista.openai.json.JsonValue;
import org.jspecify.annotations.Nullable;

/** Whether the model may, must or must not call a tool. */
public sealed interface ToolChoice {

    record None() implements ToolChoice {}

    record Auto() implements ToolChoice {}

    record Required() implements ToolChoice {}

    record Named(String function) implements ToolChoice {}

    /** The field {@code tool_choice}; null when absent. */
    static @Nullable ToolChoice read(JsonFields request) {
        JsonValue value = request.value("tool_choice");
        if (value == null) {
            return null;
        }
        if (value.isObject()) {
            return new Named(value.asFields().required("function").asFields().requiredString("name"));
        }
        return switch (value.asString()) {
            case "none" -> new None();
            case "auto" -> new Auto();
            case "required" -> new Required();
            default -> throw ApiException.of(ErrorCode.INVALID_VALUE, "tool_choice",
                    "'tool_choice' must be 'none', 'auto', 'required' or an object that names a function.");
        };
    }
}
