package io.barista.modelservice.chat;

import io.barista.engine.grammar.StructuredOutput;
import io.barista.engine.grammar.Whitespace;
import io.barista.openai.chat.Tool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The JSON schemas of answers that must be tool calls. */
final class ToolSchemas {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Map<String, Object> NO_PARAMETERS = Map.of("type", "object", "properties", Map.of());

    private ToolSchemas() {}

    static StructuredOutput argumentsOf(Tool tool) {
        return output(parameters(tool));
    }

    /** A list of at least one call of any of the tools. */
    static StructuredOutput listOf(List<Tool> tools, boolean several) {
        Map<String, @Nullable Object> definitions = new LinkedHashMap<>();
        List<Object> calls = new ArrayList<>();
        for (int i = 0; i < tools.size(); i++) {
            String place = "tool" + i;
            definitions.put(place, moved(parameters(tools.get(i)), "#/$defs/" + place));
            Map<String, Object> properties = new LinkedHashMap<>();
            properties.put("name", Map.of("const", tools.get(i).name()));
            properties.put("parameters", Map.of("$ref", "#/$defs/" + place));
            calls.add(Map.of("type", "object", "properties", properties, "required", List.of("name", "parameters")));
        }
        Map<String, Object> list = new LinkedHashMap<>(Map.of("type", "array", "minItems", 1, "items",
                Map.of("anyOf", calls), "$defs", definitions));
        if (!several) {
            list.put("maxItems", 1);
        }
        return output(list);
    }

    private static StructuredOutput output(Object schema) {
        return new StructuredOutput.JsonSchema(JSON.writeValueAsString(schema), Whitespace.FLEXIBLE);
    }

    private static Object parameters(Tool tool) {
        Object parameters = tool.definition().get("function") instanceof Map<?, ?> function
                ? function.get("parameters")
                : null;
        return parameters instanceof Map<?, ?> schema && !schema.isEmpty() ? schema : NO_PARAMETERS;
    }

    /** A schema that has become a part of another: its references start at its new place. */
    private static @Nullable Object moved(@Nullable Object value, String place) {
        if (value instanceof List<?> list) {
            List<@Nullable Object> moved = new ArrayList<>();
            list.forEach(element -> moved.add(moved(element, place)));
            return moved;
        }
        if (!(value instanceof Map<?, ?> map)) {
            return value;
        }
        Map<String, @Nullable Object> moved = new LinkedHashMap<>();
        map.forEach((name, element) -> moved.put(String.valueOf(name),
                "$ref".equals(name) && element instanceof String reference && reference.startsWith("#")
                        ? place + reference.substring(1)
                        : moved(element, place)));
        return moved;
    }
}
