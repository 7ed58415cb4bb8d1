package io.barista.engine.grammar.schema;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether no value can satisfy two schemas at once, as far as types, fixed values and required properties prove it. With such branches
 * {@code oneOf} is {@code anyOf}.
 */
final class Disjoint {

    private static final int MAX_DEPTH = 8;

    private final SchemaDocument document;

    Disjoint(SchemaDocument document) {
        this.document = document;
    }

    void check(Schema schema) {
        List<@Nullable Object> branches = schema.list("oneOf");
        for (int i = 0; i < branches.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (!areDisjoint(branches.get(i), branches.get(j), MAX_DEPTH)) {
                    throw schema.cannot("oneOf", ("branches %d and %d may match at once; use anyOf, or give them "
                            + "different types or a required property with different constants").formatted(j, i));
                }
            }
        }
    }

    private boolean areDisjoint(@Nullable Object left, @Nullable Object right, int depth) {
        if (Boolean.FALSE.equals(left) || Boolean.FALSE.equals(right)) {
            return true;
        }
        Schema first = followed(left, depth);
        Schema second = followed(right, depth);
        if (depth == 0) {
            return false;
        }
        for (String name : List.of("anyOf", "oneOf")) {
            if (first.has(name)) {
                return first.list(name).stream().allMatch(option -> areDisjoint(option, right, depth - 1));
            }
            if (second.has(name)) {
                return second.list(name).stream().allMatch(option -> areDisjoint(left, option, depth - 1));
            }
        }
        Set<String> types = commonTypes(first, second);
        return types.isEmpty() || fixedValuesDiffer(first, second)
                || types.equals(Set.of("object")) && aPropertyDiffers(first, second, depth);
    }

    private Schema followed(@Nullable Object value, int depth) {
        Schema schema = Schema.of(value, "#");
        for (int i = 0; i < depth && schema.has("$ref"); i++) {
            schema = Schema.of(document.resolve(String.valueOf(schema.text("$ref")), "#"), "#");
        }
        return schema;
    }

    private static Set<String> commonTypes(Schema first, Schema second) {
        Set<String> common = new LinkedHashSet<>();
        for (String type : typesOf(first)) {
            for (String other : typesOf(second)) {
                if (type.equals(other) || Set.of(type, other).equals(Set.of("integer", "number"))) {
                    common.add(type);
                }
            }
        }
        return common;
    }

    /** Only what is declared proves anything: keywords alone do not exclude other types. */
    private static Set<String> typesOf(Schema schema) {
        if (schema.has("type")) {
            return SchemaCompiler.types(schema);
        }
        Set<String> all = new LinkedHashSet<>(List.of("object", "array", "string", "number", "boolean", "null"));
        if (schema.has("const") || schema.has("enum")) {
            List<@Nullable Object> values = new FixedValues(schema).values();
            all.removeIf(type -> values.stream().noneMatch(value -> FixedValues.isOfType(value, type)));
        }
        return all;
    }

    private static boolean fixedValuesDiffer(Schema first, Schema second) {
        if (!isFixed(first) || !isFixed(second)) {
            return false;
        }
        List<@Nullable Object> others = new FixedValues(second).values();
        return new FixedValues(first).values().stream()
                .noneMatch(value -> others.stream().anyMatch(other -> FixedValues.same(value, other)));
    }

    private static boolean isFixed(Schema schema) {
        return schema.has("const") || schema.has("enum");
    }

    /** A property that one requires, and that the other forbids or knows with other values. */
    private boolean aPropertyDiffers(Schema first, Schema second, int depth) {
        return differs(first, second, depth) || differs(second, first, depth);
    }

    private boolean differs(Schema first, Schema second, int depth) {
        Map<String, @Nullable Object> own = first.map("properties");
        Map<String, @Nullable Object> others = second.map("properties");
        for (Object name : new ArrayList<>(first.list("required"))) {
            String property = String.valueOf(name);
            boolean forbidden = !others.containsKey(property)
                    && Boolean.FALSE.equals(second.get("additionalProperties"));
            boolean otherValues = second.list("required").contains(property) && own.containsKey(property)
                    && others.containsKey(property)
                    && areDisjoint(own.get(property), others.get(property), depth - 1);
            if (forbidden || otherValues) {
                return true;
            }
        }
        return false;
    }
}
