package io.barista.openai.chat;

import io.barista.openai.json.JsonFields;
import io.barista.openai.json.JsonValue;
import org.jspecify.annotations.Nullable;

/** A function the model wants called. */
public record ToolCall(@Nullable String id, String type, Function function) {

    /** @param arguments JSON text, as the model wrote it */
    public record Function(String name, String arguments) {}

    public static ToolCall function(String id, String name, String arguments) {
        return new ToolCall(id, "function", new Function(name, arguments));
    }

    static ToolCall read(JsonFields call) {
        String type = call.string("type");
        JsonFields function = call.required("function").asFields();
        return new ToolCall(call.string("id"), type == null ? "function" : type,
                new Function(function.requiredString("name"), readArguments(function)));
    }

    /** JSON as text; some clients leave it out or send null for a call without arguments, and some send the object itself. */
    private static String readArguments(JsonFields function) {
        JsonValue arguments = function.value("arguments");
        if (arguments == null || arguments.isEmpty()) {
            return "{}";
        }
        return arguments.isObject() ? arguments.asJson() : arguments.asString();
    }
}
