package io.barista.engine.chat.tools;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Reads {@code [name(argument=literal, ...), ...]}. */
final class PythonCallList {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");
    private static final Pattern NUMBER = Pattern
            .compile("[+-]?(?:[0-9][0-9_]*(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?");
    private static final int MAX_DEPTH = 50;

    /** The text is no such list. */
    private static final class Mismatch extends RuntimeException {

        Mismatch() {
            super(null, null, false, false);
        }
    }

    private final String text;
    private int position;
    private int depth;

    private PythonCallList(String text) {
        this.text = text;
    }

    static Optional<List<NamedCall>> parse(String text) {
        PythonCallList list = new PythonCallList(text);
        try {
            List<NamedCall> calls = list.calls();
            return list.skipSpace() == text.length() ? Optional.of(calls) : Optional.empty();
        } catch (Mismatch | NumberFormatException noCalls) {
            return Optional.empty();
        }
    }

    private List<NamedCall> calls() {
        List<NamedCall> calls = new ArrayList<>();
        require('[');
        while (!take(']')) {
            calls.add(call());
            if (!take(',')) {
                require(']');
                return calls;
            }
        }
        return calls;
    }

    private NamedCall call() {
        String name = match(NAME);
        require('(');
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
        while (!take(')')) {
            String argument = match(NAME);
            require('=');
            arguments.put(argument, literal());
            if (!take(',')) {
                require(')');
                break;
            }
        }
        return new NamedCall(name, JSON.writeValueAsString(arguments));
    }

    private @Nullable Object literal() {
        if (++depth > MAX_DEPTH) {
            throw new Mismatch();
        }
        Object value = switch (peek()) {
            case '"', '\'' -> string();
            case '[' -> sequence('[', ']');
            case '(' -> sequence('(', ')');
            case '{' -> mapping();
            default -> word();
        };
        depth--;
        return value;
    }

    private @Nullable Object word() {
        Matcher number = NUMBER.matcher(text).region(position, text.length());
        if (number.lookingAt()) {
            position = number.end();
            return number(number.group().replace("_", ""));
        }
        return switch (match(NAME)) {
            case "True", "true" -> true;
            case "False", "false" -> false;
            case "None", "null" -> null;
            default -> throw new Mismatch();
        };
    }

    private static Object number(String digits) {
        boolean whole = digits.chars().noneMatch(c -> c == '.' || c == 'e' || c == 'E');
        return whole ? new BigInteger(digits) : (Object) Double.valueOf(digits);
    }

    private List<@Nullable Object> sequence(char open, char close) {
        List<@Nullable Object> values = new ArrayList<>();
        require(open);
        while (!take(close)) {
            values.add(literal());
            if (!take(',')) {
                require(close);
                break;
            }
        }
        return values;
    }

    private Map<String, @Nullable Object> mapping() {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        require('{');
        while (!take('}')) {
            skipSpace();
            String key = String.valueOf(literal());
            require(':');
            values.put(key, literal());
            if (!take(',')) {
                require('}');
                break;
            }
        }
        return values;
    }

    private String string() {
        char quote = text.charAt(position++);
        StringBuilder value = new StringBuilder();
        while (position < text.length() && text.charAt(position) != quote) {
            char c = text.charAt(position++);
            value.append(c == '\\' ? escape() : Character.toString(c));
        }
        require(quote);
        return value.toString();
    }

    private String escape() {
        if (position == text.length()) {
            throw new Mismatch();
        }
        char c = text.charAt(position++);
        return switch (c) {
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'r' -> "\r";
            case 'u' -> hex(4);
            case 'x' -> hex(2);
            case '\\', '\'', '"' -> Character.toString(c);
            default -> "\\" + c;
        };
    }

    private String hex(int digits) {
        if (position + digits > text.length()) {
            throw new Mismatch();
        }
        position += digits;
        return Character.toString((char) Integer.parseInt(text, position - digits, position, 16));
    }

    private String match(Pattern pattern) {
        Matcher matcher = pattern.matcher(text).region(skipSpace(), text.length());
        if (!matcher.lookingAt()) {
            throw new Mismatch();
        }
        position = matcher.end();
        return matcher.group();
    }

    private char peek() {
        return skipSpace() < text.length() ? text.charAt(position) : '\0';
    }

    private boolean take(char expected) {
        boolean there = peek() == expected;
        position += there ? 1 : 0;
        return there;
    }

    private void require(char expected) {
        if (!take(expected)) {
            throw new Mismatch();
        }
    }

    private int skipSpace() {
        while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
            position++;
        }
        return position;
    }
}
