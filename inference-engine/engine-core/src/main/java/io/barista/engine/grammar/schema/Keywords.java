package io.barista.engine.grammar.schema;

import io.barista.engine.grammar.syntax.GrammarException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keywords of JSON schema by what becomes of them. Names that are no keywords, and annotations, say nothing about validity. */
final class Keywords {

    static final Set<String> STRING = Set.of("minLength", "maxLength", "pattern", "format");
    static final Set<String> NUMBER = Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
            "multipleOf");
    static final Set<String> ARRAY = Set.of("items", "prefixItems", "additionalItems", "minItems", "maxItems");
    static final Set<String> OBJECT = Set.of("properties", "required", "additionalProperties");
    static final Set<String> COMBINATIONS = Set.of("$ref", "allOf", "anyOf", "oneOf");

    private static final Set<String> ANY_TYPE = Set.of("type", "enum", "const");

    private static final Set<String> UNENFORCEABLE = Set.of("not", "if", "then", "else", "dependentSchemas",
            "dependentRequired", "dependencies", "patternProperties", "propertyNames", "minProperties",
            "maxProperties", "unevaluatedProperties", "unevaluatedItems", "contains", "minContains", "maxContains",
            "uniqueItems", "$dynamicRef", "$recursiveRef");

    private Keywords() {}

    static boolean isValidation(String name) {
        return ANY_TYPE.contains(name) || STRING.contains(name) || NUMBER.contains(name) || ARRAY.contains(name)
                || OBJECT.contains(name);
    }

    /** @throws GrammarException naming the first keyword that asks for something and cannot be enforced */
    static void check(Map<String, @Nullable Object> schema, String path) {
        schema.forEach((name, value) -> {
            if (UNENFORCEABLE.contains(name) && !asksForNothing(name, value)) {
                throw GrammarException.of("the JSON schema keyword '%s' at %s cannot be enforced", name, path);
            }
        });
    }

    private static boolean asksForNothing(String name, @Nullable Object value) {
        return switch (name) {
            case "uniqueItems" -> Boolean.FALSE.equals(value);
            case "minProperties" -> value instanceof Number number && number.doubleValue() == 0;
            case "patternProperties", "dependentSchemas", "dependentRequired", "dependencies" ->
                value instanceof Map<?, ?> map && map.isEmpty();
            case "propertyNames", "unevaluatedProperties", "unevaluatedItems" -> Boolean.TRUE.equals(value);
            // without "contains" there is nothing to count
            case "minContains", "maxContains" -> true;
            default -> false;
        };
    }
}
