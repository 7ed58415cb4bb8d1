package io.barista.engine.grammar.schema;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Two schemas as one that asks for both. */
final class Merge {

    private Merge() {}

    static Schema of(Schema left, Schema right) {
        if (left.fields().isEmpty() || right.fields().isEmpty()) {
            return left.fields().isEmpty() ? right : left;
        }
        Map<String, @Nullable Object> merged = new LinkedHashMap<>(left.fields());
        right.fields().forEach((name, value) -> {
            if (!Keywords.isValidation(name)) {
                return;
            }
            merged.put(name, left.has(name) ? both(name, left, right) : value);
        });
        if (left.has("properties") || right.has("properties")) {
            requireOpen(left, right);
            requireOpen(right, left);
        }
        return new Schema(merged, left.path());
    }

    private static @Nullable Object both(String name, Schema left, Schema right) {
        Object first = left.get(name);
        Object second = right.get(name);
        if (FixedValues.same(first, second)) {
            return first;
        }
        return switch (name) {
            case "minimum", "exclusiveMinimum", "minLength", "minItems" -> number(left, name).max(number(right, name));
            case "maximum", "exclusiveMaximum", "maxLength", "maxItems" -> number(left, name).min(number(right, name));
            case "required" -> union(left.list(name), right.list(name));
            case "enum" -> common(left.list(name), right.list(name));
            case "type" -> types(left, right);
            case "properties" -> properties(left, right);
            case "items", "additionalProperties" -> Map.of("allOf", listOf(first, second));
            default -> throw left.cannot(name, "two schemas that both must hold say different things about it");
        };
    }

    private static BigDecimal number(Schema schema, String name) {
        BigDecimal value = schema.number(name);
        if (value == null) {
            throw schema.wrong(name, "a number");
        }
        return value;
    }

    private static List<@Nullable Object> union(List<@Nullable Object> left, List<@Nullable Object> right) {
        Set<@Nullable Object> all = new LinkedHashSet<>(left);
        all.addAll(right);
        return new ArrayList<>(all);
    }

    private static List<@Nullable Object> common(List<@Nullable Object> left, List<@Nullable Object> right) {
        List<@Nullable Object> common = new ArrayList<>(left);
        common.removeIf(value -> right.stream().noneMatch(other -> FixedValues.same(value, other)));
        return common;
    }

    private static List<@Nullable Object> types(Schema left, Schema right) {
        Set<String> first = SchemaCompiler.types(left);
        Set<String> second = SchemaCompiler.types(right);
        Set<@Nullable Object> common = new LinkedHashSet<>();
        for (String type : first) {
            if (second.contains(type) || type.equals("integer") && second.contains("number")) {
                common.add(type);
            } else if (type.equals("number") && second.contains("integer")) {
                common.add("integer");
            }
        }
        if (common.isEmpty()) {
            throw left.cannot("type", "two schemas that both must hold allow %s and %s".formatted(first, second));
        }
        return new ArrayList<>(common);
    }

    private static Map<String, @Nullable Object> properties(Schema left, Schema right) {
        Map<String, @Nullable Object> merged = new LinkedHashMap<>(left.map("properties"));
        right.map("properties").forEach((name, value) -> merged.put(name,
                merged.containsKey(name) && !FixedValues.same(merged.get(name), value)
                        ? Map.of("allOf", listOf(merged.get(name), value))
                        : value));
        return merged;
    }

    /** One schema's word on properties that only the other one knows would have to be added to each of them. */
    private static void requireOpen(Schema one, Schema other) {
        Object additional = one.get("additionalProperties");
        boolean open = !one.has("additionalProperties") || Boolean.TRUE.equals(additional)
                || additional instanceof Map<?, ?> map && map.isEmpty();
        if (!open && !one.map("properties").keySet().containsAll(other.map("properties").keySet())) {
            throw one.cannot("additionalProperties",
                    "a schema that must hold beside it has properties that it does not know");
        }
    }

    private static List<@Nullable Object> listOf(@Nullable Object first, @Nullable Object second) {
        List<@Nullable Object> both = new ArrayList<>();
        both.add(first);
        both.add(second);
        return both;
    }
}
