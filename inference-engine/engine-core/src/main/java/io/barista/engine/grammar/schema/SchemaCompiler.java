package io.barista.engine.grammar.schema;

import io.barista.engine.grammar.syntax.Expression;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One schema: its combinations, its types, its fixed values. */
final class SchemaCompiler {

    private static final List<String> TYPES = List.of("object", "array", "string", "number", "integer", "boolean",
            "null");

    private final SchemaRules rules;

    SchemaCompiler(SchemaRules rules) {
        this.rules = rules;
    }

    Expression compile(Schema schema) {
        boolean validates = schema.fields().keySet().stream().anyMatch(Keywords::isValidation);
        List<String> combinations = schema.fields().keySet().stream().filter(Keywords.COMBINATIONS::contains).toList();
        if (combinations.isEmpty()) {
            return values(schema);
        }
        if (!validates && combinations.size() == 1) {
            return combination(schema, combinations.getFirst());
        }
        return new Expression.Choice(new Branches(rules.document()).of(schema).stream().map(this::values).toList());
    }

    private Expression combination(Schema schema, String name) {
        if (name.equals("$ref")) {
            return rules.reference(String.valueOf(schema.text(name)), schema.path());
        }
        List<@Nullable Object> options = schema.list(name);
        if (options.isEmpty()) {
            throw schema.wrong(name, "a list that is not empty");
        }
        if (name.equals("oneOf")) {
            new Disjoint(rules.document()).check(schema);
        }
        if (name.equals("allOf") && options.size() > 1) {
            return new Expression.Choice(new Branches(rules.document()).of(schema).stream().map(this::values).toList());
        }
        List<Expression> compiled = new ArrayList<>();
        for (int i = 0; i < options.size(); i++) {
            compiled.add(rules.compile(options.get(i), schema.at(name) + "/" + i));
        }
        return new Expression.Choice(compiled);
    }

    /** A schema without combinations. */
    private Expression values(Schema schema) {
        if (schema.has("const") || schema.has("enum")) {
            return new FixedValues(schema).expression();
        }
        Set<String> types = types(schema);
        if (types.isEmpty()) {
            return rules.anyValue();
        }
        return new Expression.Choice(types.stream().map(type -> ofType(type, schema)).toList());
    }

    private Expression ofType(String type, Schema schema) {
        return switch (type) {
            case "object" -> new Objects(rules).of(schema);
            case "array" -> new Arrays(rules).of(schema);
            case "string" -> new Strings(rules).of(schema);
            case "number" -> new Numbers(rules).numbers(schema);
            case "integer" -> new Numbers(rules).integers(schema);
            case "boolean" -> Expression.choice(Expression.text("true"), Expression.text("false"));
            default -> Expression.text("null");
        };
    }

    /** Those that it names, else those that its keywords are about; empty when it says nothing. */
    static Set<String> types(Schema schema) {
        Set<String> types = new LinkedHashSet<>();
        Object declared = schema.get("type");
        if (declared instanceof String type) {
            types.add(type);
        } else if (declared instanceof List<?> list && !list.isEmpty()) {
            list.forEach(type -> types.add(String.valueOf(type)));
        } else if (schema.has("type")) {
            throw schema.wrong("type", "a string or a list of strings");
        } else {
            addIfAny(types, "object", schema, Keywords.OBJECT);
            addIfAny(types, "array", schema, Keywords.ARRAY);
            addIfAny(types, "string", schema, Keywords.STRING);
            addIfAny(types, "number", schema, Keywords.NUMBER);
        }
        for (String type : types) {
            if (!TYPES.contains(type)) {
                throw schema.wrong("type", "one of " + String.join(", ", TYPES) + ", not " + type);
            }
        }
        if (types.contains("number")) {
            types.remove("integer");
        }
        return types;
    }

    private static void addIfAny(Set<String> types, String type, Schema schema, Set<String> keywords) {
        if (keywords.stream().anyMatch(keyword -> schema.has(keyword) && saysSomething(schema, keyword))) {
            types.add(type);
        }
    }

    private static boolean saysSomething(Schema schema, String keyword) {
        return !keyword.equals("format") || Formats.pattern(String.valueOf(schema.get("format"))) != null;
    }
}
