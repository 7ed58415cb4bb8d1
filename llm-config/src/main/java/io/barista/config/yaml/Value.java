package io.barista.config.yaml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A YAML value and the line it begins at, counted from 1. */
public sealed interface Value {

    int line();

    /** The value as Java's own maps, lists, texts, numbers, booleans and null. */
    @Nullable
    Object plain();

    /** @param plain null, a {@link String}, {@link Boolean}, {@link Number} */
    record Scalar(@Nullable Object plain, int line) implements Value {}

    record Items(List<Value> items, int line) implements Value {

        @Override
        public List<@Nullable Object> plain() {
            List<@Nullable Object> plain = new ArrayList<>();
            items.forEach(item -> plain.add(item.plain()));
            return plain;
        }
    }

    record Fields(Map<String, Field> fields, int line) implements Value {

        @Override
        public Map<String, @Nullable Object> plain() {
            Map<String, @Nullable Object> plain = new LinkedHashMap<>();
            fields.values().forEach(field -> plain.put(field.name(), field.value().plain()));
            return plain;
        }
    }

    /** @param line the line of the name, which is where a user looks for a mistake */
    record Field(String name, Value value, int line) {}
}
