package io.barista.openai.chat;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.JsonFields;
import io.barista.openai.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A function the model may call.
 *
 * @param name       of the function
 * @param definition the whole tool as sent, for the chat template
 */
public record Tool(String name, Map<String, @Nullable Object> definition) {

    /**
     * A tool in the form of chats, which is what templates know.
     *
     * @param description null for none
     * @param parameters  a JSON schema; null for no parameters
     */
    public static Tool function(String name, @Nullable String description,
            @Nullable Map<String, @Nullable Object> parameters) {
        Map<String, @Nullable Object> function = new LinkedHashMap<>();
        function.put("name", name);
        if (description != null) {
            function.put("description", description);
        }
        if (parameters != null) {
            function.put("parameters", parameters);
        }
        Map<String, @Nullable Object> definition = new LinkedHashMap<>();
        definition.put("type", "function");
        definition.put("function", function);
        return new Tool(name, definition);
    }

    /**
     * The field {@code tools} of another API, whose functions say of themselves what they are. Null when there are none.
     *
     * @param schema  the field that holds the parameters' JSON schema
     * @param checked refuses tools of kinds that cannot be called
     */
    public static @Nullable List<Tool> functions(JsonFields request, String schema, Consumer<JsonFields> checked) {
        JsonValue value = request.value("tools");
        if (value == null || value.isEmpty()) {
            return null;
        }
        List<Tool> tools = new ArrayList<>();
        for (JsonValue element : value.elements()) {
            JsonFields tool = element.asFields();
            checked.accept(tool);
            JsonValue parameters = tool.value(schema);
            tools.add(function(tool.requiredString("name"), tool.string("description"),
                    parameters == null ? null : parameters.asMap()));
        }
        return List.copyOf(tools);
    }

    static Tool read(JsonValue element) {
        JsonFields tool = element.asFields();
        requireFunction(tool);
        String name = tool.required("function").asFields().requiredString("name");
        return new Tool(name, element.asMap());
    }

    /** Refuses a tool of another type than {@code function}. */
    public static void requireFunction(JsonFields tool) {
        String type = tool.requiredString("type");
        if (!type.equals("function")) {
            throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, tool.pathOf("type"),
                    "Only tools of type 'function' are supported, got '%s'.", type);
        }
    }
}
