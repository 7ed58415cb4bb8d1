package io.barista.engine.grammar.schema;

import io.barista.engine.grammar.syntax.CodePoints;
import io.barista.engine.grammar.syntax.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** How JSON writes values: literals, characters inside strings, and names that are none of some given. */
final class JsonTexts {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final CodePoints ESCAPED = CodePoints.anyOf("\"\\").plus(CodePoints.range(0, 0x1F));
    private static final CodePoints PLAIN = ESCAPED.inverted();
    private static final CodePoints HEX = CodePoints.anyOf("0123456789abcdefABCDEF");
    private static final String SHORT_ESCAPES = "\b\f\n\r\t\"\\/";
    private static final String SHORT_NAMES = "bfnrt\"\\/";

    /** One character inside a string, in any of its spellings but half of a surrogate pair. */
    static final Expression CHARACTER = Expression.choice(new Expression.OneOf(PLAIN),
            Expression.concat(Expression.text("\\"), Expression.choice(
                    new Expression.OneOf(CodePoints.anyOf(SHORT_NAMES)),
                    Expression.concat(Expression.text("u"), fourDigits()))));

    private JsonTexts() {}

    /** A value as compact JSON. */
    static Expression literal(@Nullable Object value) {
        return Expression.text(JSON.writeValueAsString(value));
    }

    static Expression quoted(Expression content) {
        return Expression.concat(Expression.text("\""), content, Expression.text("\""));
    }

    /** The expression's text as it is written inside a string. */
    static Expression escaped(Expression expression) {
        return switch (expression) {
            case Expression.Text(String text) -> {
                String json = JSON.writeValueAsString(text);
                yield Expression.text(json.substring(1, json.length() - 1));
            }
            case Expression.OneOf(CodePoints characters) -> escaped(characters);
            case Expression.Concat(List<Expression> parts) ->
                new Expression.Concat(parts.stream().map(JsonTexts::escaped).toList());
            case Expression.Choice(List<Expression> options) ->
                new Expression.Choice(options.stream().map(JsonTexts::escaped).toList());
            case Expression.Repeat(Expression body, int min, int max) ->
                new Expression.Repeat(escaped(body), min, max);
            case Expression.Call _,Expression.Separated _,Expression.Multiple _ ->
                throw new IllegalArgumentException("no part of a pattern: " + expression);
        };
    }

    private static Expression escaped(CodePoints characters) {
        List<Expression> options = new ArrayList<>();
        options.add(new Expression.OneOf(characters.minus(ESCAPED)));
        for (int point = 0; point <= '\\'; point++) {
            if (ESCAPED.contains(point) && characters.contains(point)) {
                int index = SHORT_ESCAPES.indexOf(point);
                options.add(Expression.text(index >= 0
                        ? "\\" + SHORT_NAMES.charAt(index)
                        : "\\u%04x".formatted(point)));
            }
        }
        return new Expression.Choice(options);
    }

    /** A quoted string, without escapes, that is none of the names. */
    static Expression nameOtherThan(Iterable<String> names) {
        Node root = new Node();
        for (String name : names) {
            Node node = root;
            for (int point : name.codePoints().toArray()) {
                node = node.children.computeIfAbsent(point, _ -> new Node());
            }
            node.isName = true;
        }
        return Expression.concat(Expression.text("\""), other(root));
    }

    private static final class Node {

        private final Map<Integer, Node> children = new TreeMap<>();
        private boolean isName;
    }

    /** What may follow the way to a node, the closing quote included. */
    private static Expression other(Node node) {
        CodePoints leaving = PLAIN;
        List<Expression> options = new ArrayList<>();
        for (Map.Entry<Integer, Node> child : node.children.entrySet()) {
            CodePoints point = CodePoints.of(child.getKey());
            leaving = leaving.minus(point);
            if (PLAIN.contains(child.getKey())) {
                options.add(Expression.concat(new Expression.OneOf(point), other(child.getValue())));
            }
        }
        options.add(Expression.concat(new Expression.OneOf(leaving),
                Expression.anyNumber(new Expression.OneOf(PLAIN)), Expression.text("\"")));
        if (!node.isName) {
            options.add(Expression.text("\""));
        }
        return new Expression.Choice(options);
    }

    private static Expression fourDigits() {
        Expression hex = new Expression.OneOf(HEX);
        Expression high = Expression.concat(letter('d'), new Expression.OneOf(CodePoints.anyOf("89abAB")), hex, hex);
        Expression low = Expression.concat(letter('d'), new Expression.OneOf(CodePoints.anyOf("cdefCDEF")), hex, hex);
        return Expression.choice(
                Expression.concat(new Expression.OneOf(HEX.minus(CodePoints.anyOf("dD"))), hex, hex, hex),
                Expression.concat(letter('d'), Expression.range('0', '7'), hex, hex),
                Expression.concat(high, Expression.text("\\u"), low));
    }

    private static Expression letter(char letter) {
        return new Expression.OneOf(CodePoints.anyOf("" + letter + Character.toUpperCase(letter)));
    }
}
