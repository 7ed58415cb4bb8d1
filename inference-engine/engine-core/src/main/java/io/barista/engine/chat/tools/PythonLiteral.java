package io.barista.engine.chat.tools;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;

/**
 * One Python literal that is still being written, as JSON: strings, numbers, {@code True}, {@code False}, {@code None}, lists, tuples and
 * dictionaries of them. JSON comes as soon as its text is certain, strings piece by piece.
 */
final class PythonLiteral {

    enum Outcome {
        MORE, DONE,
        /** What comes next is no literal; everything before it was given. */
        BROKEN
    }

    private enum Expects {
        VALUE,
        /** A value, or the end of a list behind its bracket or a comma. */
        VALUE_OR_END,
        /** A key, or the end of a dictionary. */
        KEY_OR_END, COLON, COMMA_OR_END,
        /** More of a string. */
        TEXT, NOTHING
    }

    private static final Pattern NUMBER = Pattern
            .compile("[+-]?(?:[0-9][0-9_]*(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?");
    private static final int MAX_DEPTH = 50;
    private static final int MAX_WORD = 400;

    private final Deque<Character> closers = new ArrayDeque<>();
    private final PythonString string = new PythonString();
    private Expects expects = Expects.VALUE;
    private boolean isKey;
    private boolean needsComma;

    void begin() {
        closers.clear();
        expects = Expects.VALUE;
        isKey = false;
        needsComma = false;
    }

    /**
     * Takes what it can from the front of the text.
     *
     * @param last whether no more text comes
     * @param json takes what was read
     */
    Outcome read(StringBuilder text, boolean last, StringBuilder json) {
        while (expects != Expects.NOTHING) {
            int space = expects == Expects.TEXT ? 0 : leadingSpace(text);
            text.delete(0, space);
            if (text.isEmpty()) {
                return Outcome.MORE;
            }
            int taken = switch (expects) {
                case VALUE, VALUE_OR_END, KEY_OR_END -> value(text, last, json);
                case COLON -> separator(text.charAt(0), json);
                case COMMA_OR_END -> commaOrEnd(text.charAt(0), json);
                case TEXT -> text(text, json);
                case NOTHING -> 0;
            };
            if (taken <= 0) {
                return taken == 0 ? Outcome.MORE : Outcome.BROKEN;
            }
            text.delete(0, taken);
        }
        return Outcome.DONE;
    }

    /** @return how much was taken; 0 when more is needed, -1 when this is no literal */
    private int value(StringBuilder text, boolean last, StringBuilder json) {
        char c = text.charAt(0);
        if (expects != Expects.VALUE && !closers.isEmpty() && c == closers.peek()) {
            close(json);
            return 1;
        }
        isKey = expects == Expects.KEY_OR_END;
        return switch (c) {
            case '"', '\'' -> {
                comma(json).append('"');
                string.begin(c);
                expects = Expects.TEXT;
                yield 1;
            }
            case '[' -> open(']', json);
            case '(' -> open(')', json);
            case '{' -> open('}', json);
            default -> word(text, last, json);
        };
    }

    private int open(char closer, StringBuilder json) {
        if (isKey || closers.size() == MAX_DEPTH) {
            return -1;
        }
        comma(json).append(closer == '}' ? '{' : '[');
        closers.push(closer);
        needsComma = false;
        expects = closer == '}' ? Expects.KEY_OR_END : Expects.VALUE_OR_END;
        return 1;
    }

    private int word(StringBuilder text, boolean last, StringBuilder json) {
        int end = 0;
        while (end < text.length() && isWordPart(text.charAt(end))) {
            end++;
        }
        if (end == text.length() && !last && end < MAX_WORD) {
            return 0;
        }
        String value = switch (text.substring(0, end)) {
            case "True", "true" -> "true";
            case "False", "false" -> "false";
            case "None", "null" -> "null";
            case String word -> NUMBER.matcher(word).matches() && end < MAX_WORD ? number(word.replace("_", "")) : "";
        };
        if (value.isEmpty()) {
            return -1;
        }
        comma(json).append(isKey ? '"' + value + '"' : value);
        valueEnded();
        return end;
    }

    private static String number(String digits) {
        boolean whole = digits.chars().noneMatch(c -> c == '.' || c == 'e' || c == 'E');
        try {
            return whole ? new BigInteger(digits).toString() : new BigDecimal(digits).toString();
        } catch (NumberFormatException exponentOutOfRange) {
            return "";
        }
    }

    private int text(StringBuilder text, StringBuilder json) {
        int taken = string.read(text, json);
        if (string.hasEnded()) {
            json.append('"');
            valueEnded();
        }
        return taken;
    }

    private int separator(char c, StringBuilder json) {
        if (c != ':') {
            return -1;
        }
        json.append(':');
        needsComma = false;
        expects = Expects.VALUE;
        return 1;
    }

    private int commaOrEnd(char c, StringBuilder json) {
        if (!closers.isEmpty() && c == closers.peek()) {
            close(json);
            return 1;
        }
        if (c != ',') {
            return -1;
        }
        needsComma = true;
        expects = inDictionary() ? Expects.KEY_OR_END : Expects.VALUE_OR_END;
        return 1;
    }

    private void close(StringBuilder json) {
        json.append(closers.pop() == '}' ? '}' : ']');
        isKey = false;
        valueEnded();
    }

    private void valueEnded() {
        if (isKey) {
            expects = Expects.COLON;
        } else {
            expects = closers.isEmpty() ? Expects.NOTHING : Expects.COMMA_OR_END;
        }
    }

    private boolean inDictionary() {
        return !closers.isEmpty() && closers.peek() == '}';
    }

    /** A comma is written before a value that follows another, so that Python's trailing ones vanish. */
    private StringBuilder comma(StringBuilder json) {
        if (needsComma) {
            json.append(',');
            needsComma = false;
        }
        return json;
    }

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '+' || c == '-';
    }

    private static int leadingSpace(CharSequence text) {
        int end = 0;
        while (end < text.length() && Character.isWhitespace(text.charAt(end))) {
            end++;
        }
        return end;
    }
}
