package io.barista.engine.grammar.syntax;

import static io.barista.engine.grammar.syntax.Expression.UNBOUNDED;

import java.util.ArrayList;
import java.util.List;

/**
 * Regular expressions as ECMA-262 and Python write them, as far as they describe a regular language: lookaround, back references, word
 * boundaries and flags are refused by name. Anchors may stand at the ends of the pattern and of its alternatives. Lazy and greedy
 * repetition are the same, since a grammar knows no captures.
 */
public final class RegexParser {

    private static final Expression ANYTHING = Expression.anyNumber(new Expression.OneOf(CodePoints.ALL));

    private final TextCursor cursor;

    private RegexParser(String pattern) {
        this.cursor = new TextCursor("the regular expression", pattern);
    }

    /** The texts that match as a whole. */
    public static Expression whole(String pattern) {
        return new RegexParser(pattern).parse(Expression.EMPTY);
    }

    /** The texts that have a match somewhere, as {@code pattern} in a JSON schema means it. */
    public static Expression anywhere(String pattern) {
        return new RegexParser(pattern).parse(ANYTHING);
    }

    /** @param around what may stand where the pattern is not anchored */
    private Expression parse(Expression around) {
        List<Expression> options = new ArrayList<>();
        do {
            Expression before = cursor.take("^") ? Expression.EMPTY : around;
            Expression body = sequence();
            Expression after = cursor.take("$") ? Expression.EMPTY : around;
            options.add(Expression.concat(before, body, after));
        } while (cursor.take("|"));
        if (!cursor.atEnd()) {
            throw cursor.error(cursor.looksAt(")") ? "')' closes nothing" : "'$' may only stand at an end");
        }
        return new Expression.Choice(options);
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
        while (!cursor.atEnd() && !cursor.looksAt("|") && !cursor.looksAt(")") && !cursor.looksAt("$")) {
            parts.add(repeated(atom()));
        }
        return new Expression.Concat(parts);
    }

    private Expression repeated(Expression atom) {
        int start = cursor.position();
        Expression result = switch (cursor.peek()) {
            case '*' -> repeat(atom, 0, UNBOUNDED);
            case '+' -> repeat(atom, 1, UNBOUNDED);
            case '?' -> repeat(atom, 0, 1);
            case '{' -> counted(atom);
            default -> atom;
        };
        if (cursor.position() > start) {
            cursor.take("?");
            if (cursor.looksAt("*") || cursor.looksAt("+")) {
                throw cursor.error("there is nothing to repeat");
            }
        }
        return result;
    }

    private Expression repeat(Expression atom, int min, int max) {
        cursor.next();
        return new Expression.Repeat(atom, min, max);
    }

    /** A brace that counts nothing is a character, as in ECMA-262. */
    private Expression counted(Expression atom) {
        int start = cursor.position();
        cursor.next();
        int min = cursor.takeNumber();
        int max = min;
        if (cursor.take(",")) {
            max = cursor.takeNumber();
        }
        if (!cursor.take("}") || min < 0 && max < 0) {
            cursor.moveTo(start);
            return atom;
        }
        if (max >= 0 && max < min) {
            throw cursor.error("a repetition of at least %d and at most %d".formatted(min, max));
        }
        return new Expression.Repeat(atom, Math.max(min, 0), max);
    }

    private Expression atom() {
        int point = cursor.next();
        return switch (point) {
            case '(' -> group();
            case '[' -> new Expression.OneOf(set());
            case '.' -> new Expression.OneOf(CharacterClasses.DOT);
            case '\\' -> new Expression.OneOf(escape(false));
            case '*', '+', '?' -> throw cursor.error("there is nothing to repeat");
            case '^' -> throw cursor.error("'^' may only stand at an end");
            default -> Expression.text(Character.toString(cursor.requireCharacter(point)));
        };
    }

    private Expression group() {
        cursor.enter();
        if (cursor.take("?")) {
            if (cursor.take("P<") || cursor.looksAt("<") && !cursor.looksAt("<=") && !cursor.looksAt("<!")) {
                while (cursor.next() != '>') {
                    // the name of a group means nothing here
                }
            } else if (!cursor.take(":")) {
                throw cursor.error("lookaround, flags and conditions are not supported");
            }
        }
        Expression body = alternatives();
        if (cursor.looksAt("$")) {
            throw cursor.error("'$' may only stand at an end");
        }
        cursor.require(")");
        cursor.leave();
        return body;
    }

    private CodePoints set() {
        boolean inverted = cursor.take("^");
        CodePoints set = CodePoints.NONE;
        boolean first = true;
        while (first && cursor.looksAt("]") || !cursor.take("]")) {
            CodePoints from = member();
            first = false;
            if (!cursor.looksAt("-") || cursor.looksAt("-]")) {
                set = set.plus(from);
                continue;
            }
            cursor.next();
            CodePoints to = member();
            int low = single(from);
            int high = single(to);
            if (low > high) {
                throw cursor.error("the range %s-%s is empty".formatted(Character.toString(low),
                        Character.toString(high)));
            }
            set = set.plus(CodePoints.range(low, high));
        }
        return inverted ? set.inverted() : set;
    }

    private CodePoints member() {
        int point = cursor.next();
        return point == '\\' ? escape(true) : CodePoints.of(cursor.requireCharacter(point));
    }

    private int single(CodePoints member) {
        if (member.ranges() != 1 || member.first(0) != member.last(0)) {
            throw cursor.error("a range needs characters at both ends");
        }
        return member.first(0);
    }

    private CodePoints escape(boolean inSet) {
        int point = cursor.next();
        return switch (point) {
            case 'd' -> CharacterClasses.DIGITS;
            case 'D' -> CharacterClasses.DIGITS.inverted();
            case 'w' -> CharacterClasses.WORD;
            case 'W' -> CharacterClasses.WORD.inverted();
            case 's' -> CharacterClasses.SPACE;
            case 'S' -> CharacterClasses.SPACE.inverted();
            case 'p' -> property();
            case 'P' -> property().inverted();
            case 'n' -> CodePoints.of('\n');
            case 'r' -> CodePoints.of('\r');
            case 't' -> CodePoints.of('\t');
            case 'f' -> CodePoints.of('\f');
            case 'v' -> CodePoints.of(0x0B);
            case '0' -> CodePoints.of(0);
            case 'x' -> CodePoints.of(cursor.takeHex(2));
            case 'u' -> CodePoints.of(unicode());
            case 'b' -> {
                if (!inSet) {
                    throw cursor.error("word boundaries are not supported");
                }
                yield CodePoints.of('\b');
            }
            default -> {
                if (Character.isLetterOrDigit(point)) {
                    throw cursor.error("\\%s is not supported".formatted(Character.toString(point)));
                }
                yield CodePoints.of(point);
            }
        };
    }

    private CodePoints property() {
        cursor.require("{");
        StringBuilder name = new StringBuilder();
        while (!cursor.take("}")) {
            name.appendCodePoint(cursor.next());
        }
        return CharacterClasses.property(name.toString(), cursor);
    }

    /** Four digits, digits in braces, or two escapes that are one character. */
    private int unicode() {
        if (cursor.take("{")) {
            int value = 0;
            while (!cursor.take("}")) {
                value = Math.min(value, Character.MAX_CODE_POINT) * 16 + cursor.takeHex(1);
            }
            return cursor.requireCharacter(value);
        }
        int unit = cursor.takeHex(4);
        if (unit >= Character.MIN_HIGH_SURROGATE && unit <= Character.MAX_HIGH_SURROGATE && cursor.take("\\u")) {
            return Character.toCodePoint((char) unit, (char) cursor.takeHex(4));
        }
        return cursor.requireCharacter(unit);
    }
}
