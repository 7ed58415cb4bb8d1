package io.barista.engine.grammar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;

/** Schemas of every kind that is enforced, nested a few levels. */
final class RandomSchemas {

    /** Without email: the validator knows registered top-level domains only. */
    private static final List<String> FORMATS = List.of("date-time", "date", "time", "duration", "uuid", "ipv4",
            "ipv6", "uri", "hostname");
    private static final List<String> PATTERNS = List.of("^[a-z]{2,5}$", "[0-9]+", "^(foo|ba[rz])+$", "^\\d{3}-\\d{4}$",
            "x\\\"y", "^[^\\x00-\\x1f]{0,4}$", "^\\p{Lu}\\w*$", "a|b$");
    private static final List<String> NAMES = List.of("name", "id", "värde", "a\"b", "na", "names", "x y", "\\", "日本");

    private final Random random;
    private final Map<String, Object> definitions = new LinkedHashMap<>();

    RandomSchemas(Random random) {
        this.random = random;
    }

    String next() {
        definitions.clear();
        Map<String, Object> schema = schema(3);
        if (!definitions.isEmpty()) {
            schema.put("$defs", definitions);
        }
        if (random.nextInt(4) == 0) {
            schema.put("title", "a title");
            schema.put("description", "says nothing");
        }
        return JsonMapper.shared().writeValueAsString(schema);
    }

    private Map<String, Object> schema(int depth) {
        int kind = random.nextInt(depth == 0 ? 7 : 14);
        return switch (kind) {
            case 0 -> of("type", random.nextBoolean() ? "boolean" : "null");
            case 1 -> string();
            case 2 -> number("integer");
            case 3 -> number("number");
            case 4 -> of("enum", List.of("red", 7, 2.5, true, List.of(1, "x"), Map.of("k", "v")));
            case 5 -> of("const", NAMES.get(random.nextInt(NAMES.size())));
            case 6 -> of("type", List.of("string", "integer", "null"));
            case 7, 8, 9 -> object(depth);
            case 10, 11 -> array(depth);
            case 12 -> combination(depth);
            default -> reference(depth);
        };
    }

    private Map<String, Object> string() {
        Map<String, Object> schema = of("type", "string");
        switch (random.nextInt(4)) {
            case 0 -> {
                int least = random.nextInt(4);
                schema.put("minLength", least);
                schema.put("maxLength", least + random.nextInt(5));
            }
            case 1 -> schema.put("pattern", PATTERNS.get(random.nextInt(PATTERNS.size())));
            case 2 -> schema.put("format", FORMATS.get(random.nextInt(FORMATS.size())));
            default -> schema.put("examples", List.of("none"));
        }
        return schema;
    }

    private Map<String, Object> number(String type) {
        Map<String, Object> schema = of("type", type);
        switch (random.nextInt(5)) {
            case 0 -> schema.put("minimum", bound());
            case 1 -> schema.put("exclusiveMaximum", bound());
            case 2 -> {
                double least = bound();
                schema.put("exclusiveMinimum", least);
                schema.put("maximum", least + 1 + random.nextInt(300) / 8.0);
            }
            case 3 -> schema.put("multipleOf", type.equals("integer")
                    ? 1 + random.nextInt(30)
                    : List.of(0.5, 0.01, 2.5, 3).get(random.nextInt(4)));
            default -> {
            }
        }
        return schema;
    }

    private double bound() {
        return (random.nextInt(4000) - 2000) / (random.nextBoolean() ? 16.0 : 1);
    }

    private Map<String, Object> object(int depth) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            String name = NAMES.get(random.nextInt(NAMES.size()));
            properties.put(name, schema(depth - 1));
            if (random.nextBoolean() && !required.contains(name)) {
                required.add(name);
            }
        }
        Map<String, Object> schema = of("type", "object");
        if (random.nextInt(5) > 0) {
            schema.put("properties", properties);
            schema.put("required", required);
        }
        switch (random.nextInt(4)) {
            case 0 -> schema.put("additionalProperties", false);
            case 1 -> schema.put("additionalProperties", schema(depth - 1));
            default -> {
            }
        }
        return schema;
    }

    private Map<String, Object> array(int depth) {
        Map<String, Object> schema = of("type", "array");
        if (random.nextInt(3) == 0) {
            schema.put("prefixItems", List.of(schema(depth - 1), schema(0)));
        }
        if (random.nextInt(3) > 0) {
            schema.put("items", schema(depth - 1));
        }
        if (random.nextBoolean()) {
            int least = random.nextInt(4);
            schema.put("minItems", least);
            schema.put("maxItems", least + random.nextInt(3));
        }
        return schema;
    }

    private Map<String, Object> combination(int depth) {
        return switch (random.nextInt(4)) {
            case 0 -> of("anyOf", List.of(schema(depth - 1), schema(depth - 1)));
            case 1 -> of("oneOf", List.of(kind("circle", depth), kind("square", depth)));
            case 2 -> of("allOf", List.of(
                    Map.of("type", "object", "properties", Map.of("left", schema(depth - 1)), "required",
                            List.of("left")),
                    Map.of("properties", Map.of("right", schema(depth - 1)))));
            default -> of("allOf", List.of(Map.of("type", "integer", "minimum", 3), Map.of("maximum", 40)));
        };
    }

    private Map<String, Object> kind(String name, int depth) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("kind", Map.of("const", name));
        properties.put("size", schema(depth - 1));
        Map<String, Object> schema = of("type", "object");
        schema.put("properties", properties);
        schema.put("required", List.of("kind"));
        return schema;
    }

    private Map<String, Object> reference(int depth) {
        String name = "node" + definitions.size();
        Map<String, Object> node = of("type", "object");
        definitions.put(name, node);
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("value", schema(depth - 1));
        properties.put("next", Map.of("anyOf", List.of(Map.of("type", "null"), Map.of("$ref", "#/$defs/" + name))));
        node.put("properties", properties);
        node.put("required", List.of("next"));
        node.put("additionalProperties", false);
        return of("$ref", "#/$defs/" + name);
    }

    private static Map<String, Object> of(String name, Object value) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(name, value);
        return map;
    }
}
