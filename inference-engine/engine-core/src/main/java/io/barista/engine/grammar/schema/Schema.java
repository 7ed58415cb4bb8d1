package io.barista.engine.grammar.schema;

import io.barista.engine.grammar.syntax.GrammarException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Typed access to one schema object, with its place for messages. */
record Schema(Map<String, @Nullable Object> fields, String path) {

    /** @param value anything that JSON can say; a schema is an object or a boolean, {@code true} being the empty object */
    static Schema of(@Nullable Object value, String path) {
        if (Boolean.TRUE.equals(value)) {
            return new Schema(Map.of(), path);
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw GrammarException.of("the JSON schema at %s must be an object or a boolean", path);
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        map.forEach((name, field) -> fields.put(String.valueOf(name), field));
        Keywords.check(fields, path);
        return new Schema(fields, path);
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    @Nullable
    Object get(String name) {
        return fields.get(name);
    }

    String at(String name) {
        return path + "/" + name;
    }

    /** Null when absent. */
    @Nullable
    BigDecimal number(String name) {
        Object value = fields.get(name);
        if (value == null && !has(name)) {
            return null;
        }
        if (value instanceof Number number) {
            return new BigDecimal(number.toString());
        }
        throw wrong(name, "a number");
    }

    int count(String name, int otherwise) {
        BigDecimal value = number(name);
        if (value == null) {
            return otherwise;
        }
        if (value.signum() < 0 || value.stripTrailingZeros().scale() > 0) {
            throw wrong(name, "a whole number that is not negative");
        }
        return value.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0 ? Integer.MAX_VALUE : value.intValue();
    }

    @Nullable
    String text(String name) {
        Object value = fields.get(name);
        if (value == null && !has(name)) {
            return null;
        }
        if (value instanceof String text) {
            return text;
        }
        throw wrong(name, "a string");
    }

    List<@Nullable Object> list(String name) {
        if (!has(name)) {
            return List.of();
        }
        if (fields.get(name) instanceof List<?> list) {
            return new ArrayList<>(list);
        }
        throw wrong(name, "a list");
    }

    Map<String, @Nullable Object> map(String name) {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        if (has(name)) {
            if (!(fields.get(name) instanceof Map<?, ?> map)) {
                throw wrong(name, "an object");
            }
            map.forEach((key, value) -> entries.put(String.valueOf(key), value));
        }
        return entries;
    }

    GrammarException wrong(String name, String expected) {
        return GrammarException.of("the JSON schema keyword '%s' at %s must be %s", name, path, expected);
    }

    GrammarException cannot(String name, String why) {
        return GrammarException.of("the JSON schema keyword '%s' at %s cannot be enforced: %s", name, path, why);
    }
}
