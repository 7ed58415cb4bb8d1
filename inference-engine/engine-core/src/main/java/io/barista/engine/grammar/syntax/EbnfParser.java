package io.barista.engine.grammar.syntax;

import static io.barista.engine.grammar.syntax.Expression.UNBOUNDED;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Grammars in the dialect that llama.cpp (GBNF), xgrammar and vLLM share: {@code name ::= "text" [a-z] other-rule (group)* | ...}, with
 * {@code ? * + {m,n}}, {@code .}, comments after {@code #} and the start rule {@code root}. A rule ends where the next one begins.
 */
public final class EbnfParser {

    private static final String ROOT = "root";

    private final TextCursor cursor;
    private final Map<String, Expression> rules = new LinkedHashMap<>();
    private final Map<String, Integer> called = new LinkedHashMap<>();

    private EbnfParser(String text) {
        this.cursor = new TextCursor("the grammar", text);
    }

    public static Grammar parse(String text) {
        return new EbnfParser(text).parse();
    }

    private Grammar parse() {
        skipSpace();
        while (!cursor.atEnd()) {
            rule();
        }
        if (!rules.containsKey(ROOT)) {
            throw new GrammarException("the grammar cannot be used: it has no rule named root (root ::= ...)");
        }
        called.forEach((name, position) -> {
            if (!rules.containsKey(name)) {
                cursor.moveTo(position);
                throw cursor.error("there is no rule named " + name);
            }
        });
        return new Grammar(ROOT, Map.copyOf(rules), Set.of());
    }

    private void rule() {
        String name = name();
        skipSpace();
        if (cursor.looksAt(":") && !cursor.looksAt("::=")) {
            throw cursor.error("expected '::=' (Lark grammars are not supported)");
        }
        cursor.require("::=");
        if (rules.put(name, alternatives()) != null) {
            throw cursor.error("the rule %s is defined twice".formatted(name));
        }
    }

    private Expression alternatives() {
        List<Expression> options = new ArrayList<>();
        do {
            options.add(sequence());
        } while (cursor.take("|"));
        return new Expression.Choice(options);
    }

    private Expression sequence() {
        List<Expression> parts = new ArrayList<>();
        skipSpace();
        while (!cursor.atEnd() && !cursor.looksAt("|") && !cursor.looksAt(")") && !startsRule()) {
            parts.add(repeated(element()));
            skipSpace();
        }
        return new Expression.Concat(parts);
    }

    /** Whether a name and {@code ::=} follow. */
    private boolean startsRule() {
        if (!isNamePart(cursor.peek())) {
            return false;
        }
        int start = cursor.position();
        name();
        skipSpace();
        boolean starts = cursor.looksAt("::=");
        cursor.moveTo(start);
        return starts;
    }

    private Expression element() {
        return switch (cursor.peek()) {
            case '"' -> quoted('"');
            case '\'' -> quoted('\'');
            case '[' -> new Expression.OneOf(set());
            case '.' -> {
                cursor.next();
                yield new Expression.OneOf(CodePoints.of('\n').inverted());
            }
            case '(' -> group();
            default -> call();
        };
    }

    private Expression call() {
        int start = cursor.position();
        String name = name();
        called.putIfAbsent(name, start);
        return new Expression.Call(name);
    }

    private Expression group() {
        cursor.next();
        if (cursor.looksAt("?=")) {
            throw cursor.error("lookahead is not supported");
        }
        cursor.enter();
        Expression body = alternatives();
        cursor.require(")");
        cursor.leave();
        return body;
    }

    private Expression repeated(Expression body) {
        if (cursor.take("*")) {
            return new Expression.Repeat(body, 0, UNBOUNDED);
        }
        if (cursor.take("+")) {
            return new Expression.Repeat(body, 1, UNBOUNDED);
        }
        if (cursor.take("?")) {
            return new Expression.Repeat(body, 0, 1);
        }
        return cursor.take("{") ? counted(body) : body;
    }

    private Expression counted(Expression body) {
        int min = Math.max(0, spacedNumber());
        int max = min;
        if (cursor.take(",")) {
            max = spacedNumber();
        }
        cursor.require("}");
        if (max >= 0 && max < min) {
            throw cursor.error("a repetition of at least %d and at most %d".formatted(min, max));
        }
        return new Expression.Repeat(body, min, max);
    }

    private int spacedNumber() {
        skipSpace();
        int number = cursor.takeNumber();
        skipSpace();
        return number;
    }

    private Expression quoted(int quote) {
        cursor.next();
        StringBuilder text = new StringBuilder();
        for (int point = cursor.next(); point != quote; point = cursor.next()) {
            text.appendCodePoint(point == '\\' ? escape() : cursor.requireCharacter(point));
        }
        return Expression.text(text.toString());
    }

    private CodePoints set() {
        cursor.next();
        boolean inverted = cursor.take("^");
        CodePoints set = CodePoints.NONE;
        while (!cursor.take("]")) {
            int from = member();
            int to = from;
            if (cursor.looksAt("-") && !cursor.looksAt("-]")) {
                cursor.next();
                to = member();
            }
            if (to < from) {
                throw cursor.error("the range %s-%s is empty".formatted(Character.toString(from),
                        Character.toString(to)));
            }
            set = set.plus(CodePoints.range(from, to));
        }
        return inverted ? set.inverted() : set;
    }

    private int member() {
        int point = cursor.next();
        return point == '\\' ? escape() : cursor.requireCharacter(point);
    }

    private int escape() {
        int point = cursor.next();
        return switch (point) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'f' -> '\f';
            case 'b' -> '\b';
            case 'v' -> 0x0B;
            case '0' -> 0;
            case 'x' -> cursor.takeHex(2);
            case 'u' -> cursor.requireCharacter(cursor.takeHex(4));
            case 'U' -> cursor.requireCharacter(cursor.takeHex(8));
            default -> point;
        };
    }

    private String name() {
        StringBuilder name = new StringBuilder();
        while (isNamePart(cursor.peek())) {
            name.appendCodePoint(cursor.next());
        }
        if (name.isEmpty()) {
            throw cursor.error("expected the name of a rule, a text, a set or a group");
        }
        return name.toString();
    }

    private static boolean isNamePart(int point) {
        return point >= 'a' && point <= 'z' || point >= 'A' && point <= 'Z' || point >= '0' && point <= '9'
                || point == '_' || point == '-';
    }

    private void skipSpace() {
        while (!cursor.atEnd() && (Character.isWhitespace(cursor.peek()) || cursor.peek() == '#')) {
            if (cursor.next() == '#') {
                while (!cursor.atEnd() && cursor.next() != '\n') {
                    // a comment
                }
            }
        }
    }
}
