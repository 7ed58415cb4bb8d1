package io.barista.engine.chat.tools;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The functions a request offers, as far as their calls cannot be read without them.
 *
 * @param functions the types of each function's parameters, by name; null when the functions are not known
 */
public record ToolSignatures(@Nullable Map<String, Map<String, ParameterType>> functions) {

    /** For outputs whose request is not at hand. */
    public static final ToolSignatures UNKNOWN = new ToolSignatures((Map<String, Map<String, ParameterType>>) null);

    /** @param definitions tools in OpenAI's form, as templates are shown them; what is not of that form is passed over */
    public static ToolSignatures of(List<? extends Map<String, ? extends @Nullable Object>> definitions) {
        Map<String, Map<String, ParameterType>> functions = new LinkedHashMap<>();
        for (Map<String, ? extends @Nullable Object> definition : definitions) {
            if (definition.get("function") instanceof Map<?, ?> function
                    && function.get("name") instanceof String name) {
                functions.put(name, parameters(function.get("parameters")));
            }
        }
        return new ToolSignatures(functions);
    }

    /** Whether the request offers this function; false when that is not known. */
    boolean offers(String function) {
        return functions != null && functions.containsKey(function);
    }

    /** Whether a call of this function can be meant. */
    boolean mayOffer(String function) {
        return functions == null || functions.containsKey(function);
    }

    ParameterType type(String function, String parameter) {
        return Optional.ofNullable(functions).map(known -> known.get(function)).map(types -> types.get(parameter))
                .orElse(ParameterType.UNKNOWN);
    }

    private static Map<String, ParameterType> parameters(@Nullable Object schema) {
        Map<String, ParameterType> types = new LinkedHashMap<>();
        if (schema instanceof Map<?, ?> object && object.get("properties") instanceof Map<?, ?> properties) {
            properties.forEach((name, property) -> types.put(Objects.toString(name), ParameterType.of(property)));
        }
        return types;
    }
}
