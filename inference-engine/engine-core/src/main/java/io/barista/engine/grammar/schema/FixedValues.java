package io.barista.engine.grammar.schema;

import io.barista.engine.grammar.syntax.Expression;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code enum} and {@code const}: those of the values that the schema's other keywords let pass. */
final class FixedValues {

    private static final Set<String> CHECKED = Set.of("type", "enum", "const", "minimum", "maximum",
            "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength");

    private final Schema schema;

    FixedValues(Schema schema) {
        this.schema = schema;
        for (String keyword : schema.fields().keySet()) {
            boolean annotation = keyword.equals("format")
                    && Formats.pattern(String.valueOf(schema.get(keyword))) == null;
            if (Keywords.isValidation(keyword) && !CHECKED.contains(keyword) && !annotation) {
                throw schema.cannot(keyword, "it stands beside 'enum' or 'const'; leave it out");
            }
        }
    }

    Expression expression() {
        List<@Nullable Object> values = values();
        if (values.isEmpty()) {
            throw schema.cannot(schema.has("enum") ? "enum" : "const", "none of its values satisfies the rest");
        }
        return new Expression.Choice(values.stream().map(JsonTexts::literal).toList());
    }

    List<@Nullable Object> values() {
        List<@Nullable Object> candidates = new ArrayList<>();
        if (schema.has("const")) {
            candidates.add(schema.get("const"));
        } else {
            candidates.addAll(schema.list("enum"));
        }
        candidates.removeIf(value -> !fits(value));
        if (schema.has("const") && schema.has("enum")) {
            candidates.removeIf(value -> schema.list("enum").stream().noneMatch(other -> same(value, other)));
        }
        return candidates;
    }

    /** As JSON sees it: numbers are the same whatever their spelling. */
    static boolean same(@Nullable Object left, @Nullable Object right) {
        if (left instanceof Number first && right instanceof Number second) {
            return decimal(first).compareTo(decimal(second)) == 0;
        }
        return java.util.Objects.equals(left, right);
    }

    private boolean fits(@Nullable Object value) {
        Set<String> types = schema.has("type") ? SchemaCompiler.types(schema) : Set.of();
        if (!types.isEmpty() && types.stream().noneMatch(type -> isOfType(value, type))) {
            return false;
        }
        if (value instanceof Number number) {
            return isWithin(decimal(number));
        }
        if (value instanceof String text) {
            int length = text.codePointCount(0, text.length());
            return length >= schema.count("minLength", 0) && length <= schema.count("maxLength", Integer.MAX_VALUE);
        }
        return true;
    }

    private boolean isWithin(BigDecimal value) {
        Decimals.Bound least = Numbers.least(schema);
        Decimals.Bound most = Numbers.most(schema);
        return (least.value() == null || value.compareTo(least.value()) >= (least.excluded() ? 1 : 0))
                && (most.value() == null || value.compareTo(most.value()) <= (most.excluded() ? -1 : 0));
    }

    static boolean isOfType(@Nullable Object value, String type) {
        return switch (type) {
            case "object" -> value instanceof Map<?, ?>;
            case "array" -> value instanceof List<?>;
            case "string" -> value instanceof String;
            case "number" -> value instanceof Number;
            case "integer" -> value instanceof Number number && decimal(number).stripTrailingZeros().scale() <= 0;
            case "boolean" -> value instanceof Boolean;
            default -> value == null;
        };
    }

    private static BigDecimal decimal(Number number) {
        return new BigDecimal(number.toString());
    }
}
