package io.barista.engine.grammar.schema;

import io.barista.engine.grammar.syntax.Expression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Objects: their properties in the schema's order, then others if the schema is open. */
final class Objects {

    private final SchemaRules rules;

    Objects(SchemaRules rules) {
        this.rules = rules;
    }

    Expression of(Schema schema) {
        Set<String> required = required(schema);
        boolean open = isOpen(schema);
        if (required.isEmpty() && !schema.has("properties") && !schema.has("additionalProperties")) {
            return rules.anyObject();
        }
        Map<String, @Nullable Object> properties = new LinkedHashMap<>(schema.map("properties"));
        for (String name : required) {
            if (!properties.containsKey(name)) {
                // only what additionalProperties says is known about it, and nothing if that is not there either
                properties.put(name, schema.has("additionalProperties") ? schema.get("additionalProperties") : true);
            }
        }
        List<Expression.Element> elements = new ArrayList<>();
        properties.forEach((name, value) -> {
            Expression values = rules.compile(value, schema.at("properties/" + name));
            if (!values.equals(Expression.NOTHING)) {
                elements.add(new Expression.Element(member(JsonTexts.literal(name), values), !required.contains(name),
                        false));
            } else if (required.contains(name)) {
                throw schema.cannot("required", "'%s' can have no value".formatted(name));
            }
        });
        if (open) {
            Expression values = schema.has("additionalProperties")
                    ? rules.compile(schema.get("additionalProperties"), schema.at("additionalProperties"))
                    : rules.anyValue();
            Expression name = properties.isEmpty() ? rules.string() : JsonTexts.nameOtherThan(properties.keySet());
            elements.add(new Expression.Element(member(name, values), true, true));
        }
        return rules.enclosed("{", rules.members(elements), "}");
    }

    private Expression member(Expression name, Expression value) {
        return Expression.concat(name, rules.colon(), value);
    }

    private static Set<String> required(Schema schema) {
        Set<String> names = new LinkedHashSet<>();
        for (Object name : schema.list("required")) {
            if (!(name instanceof String text)) {
                throw schema.wrong("required", "a list of strings");
            }
            names.add(text);
        }
        return names;
    }

    private static boolean isOpen(Schema schema) {
        return schema.has("additionalProperties")
                ? !Boolean.FALSE.equals(schema.get("additionalProperties"))
                : !schema.has("properties");
    }
}
