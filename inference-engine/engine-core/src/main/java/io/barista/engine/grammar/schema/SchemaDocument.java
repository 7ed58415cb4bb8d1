package io.barista.engine.grammar.schema;

import io.barista.engine.grammar.syntax.GrammarException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A whole schema, in which references are found. */
record SchemaDocument(@Nullable Object root) {

    /** What {@code $ref} points to: {@code #} or a JSON pointer into this document. */
    @Nullable
    Object resolve(String reference, String path) {
        if (!reference.startsWith("#") || reference.length() > 1 && !reference.startsWith("#/")) {
            throw GrammarException.of("the JSON schema keyword '$ref' at %s cannot be enforced: '%s' is not a place in "
                    + "this schema (#/...)", path, reference);
        }
        Object value = root;
        if (reference.length() > 1) {
            for (String step : reference.substring(2).split("/", -1)) {
                value = step(value, unescape(step), reference, path);
            }
        }
        return value;
    }

    private static @Nullable Object step(@Nullable Object value, String name, String reference, String path) {
        if (value instanceof Map<?, ?> map && map.containsKey(name)) {
            return map.get(name);
        }
        if (value instanceof List<?> list && name.matches("[0-9]{1,6}") && Integer.parseInt(name) < list.size()) {
            return list.get(Integer.parseInt(name));
        }
        throw GrammarException.of("the JSON schema keyword '$ref' at %s points to '%s', where there is nothing", path,
                reference);
    }

    private static String unescape(String step) {
        String text = step.contains("%")
                ? URLDecoder.decode(step.replace("+", "%2B"), StandardCharsets.UTF_8)
                : step;
        return text.replace("~1", "/").replace("~0", "~");
    }
}
