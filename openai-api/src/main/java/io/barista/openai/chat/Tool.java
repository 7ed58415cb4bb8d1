package io.barista.openai.chat;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.JsonFields;
import io.barista.openai.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
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

    static Tool read(JsonValue element) {
        JsonFields tool = element.asFields();
        String type = tool.requiredString("type");
        if (!type.equals("function")) {
            throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, tool.pathOf("type"),
                    "Only tools of type 'function' are supported, got '%s'.", type);
        }
        String name = tool.required("function").asFields().requiredString("name");
        return new Tool(name, element.asMap());
    }
}
