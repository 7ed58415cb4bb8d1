package io.barista.engine.chat.jinja;

import io.barista.engine.chat.jinja.Token.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts what stands inside <code>{{ }}</code> and {@code {% %}} into tokens. */
final class ExpressionLexer {

    private static final Pattern FLOAT = Pattern
            .compile("\\d+(?:_\\d+)*(?:\\.\\d+(?:_\\d+)*(?:[eE][+-]?\\d+(?:_\\d+)*)?|[eE][+-]?\\d+(?:_\\d+)*)");
    private static final Pattern INTEGER = Pattern
            .compile("0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\\da-fA-F])+|[1-9](?:_?\\d)*|0(?:_?0)*");
    private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{M}\\p{N}_]*");
    private static final Pattern OPERATOR = Pattern.compile("//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}><=.:|,;]");

    private final String source;
    private final List<Token> tokens;
    private final Deque<String> open = new ArrayDeque<>();
    private int position;
    private int line;

    ExpressionLexer(String source, List<Token> tokens) {
        this.source = source;
        this.tokens = tokens;
    }

    /** Adds the tokens from {@code start} on, the end token included; returns the place behind it. */
    int read(int start, int startLine, Kind endKind, String end) {
        position = start;
        line = startLine;
        while (true) {
            skipSpace();
            if (position >= source.length()) {
                throw JinjaException.syntax(startLine, "no %s for the tag that begins here", end);
            }
            if (open.isEmpty() && endsHere(end, endKind)) {
                position = source.indexOf(end, position) + end.length();
                tokens.add(new Token(endKind, "", line));
                return position;
            }
            readToken();
        }
    }

    private boolean endsHere(String end, Kind endKind) {
        boolean signed = source.charAt(position) == '-' || endKind == Kind.BLOCK_END && source.charAt(position) == '+';
        return source.startsWith(end, position + (signed ? 1 : 0));
    }

    private void readToken() {
        char c = source.charAt(position);
        if (c == '"' || c == '\'') {
            readString(c);
        } else if (!(afterDot() && readMatch(INTEGER, Kind.INTEGER)) && !readMatch(FLOAT, Kind.FLOAT)
                && !readMatch(INTEGER, Kind.INTEGER) && !readMatch(NAME, Kind.NAME)
                && !readMatch(OPERATOR, Kind.OPERATOR)) {
            throw JinjaException.syntax(line, "unexpected character '%s'",
                    Character.toString(source.codePointAt(position)));
        }
    }

    /** {@code a.0.1} is two subscripts and not the number 0.1. */
    private boolean afterDot() {
        return source.charAt(position - 1) == '.';
    }

    private boolean readMatch(Pattern pattern, Kind kind) {
        Matcher matcher = pattern.matcher(source).region(position, source.length());
        if (!matcher.lookingAt()) {
            return false;
        }
        String text = matcher.group();
        switch (kind) {
            case INTEGER, FLOAT -> tokens.add(new Token(kind, text.replace("_", ""), line));
            case OPERATOR -> {
                balance(text);
                tokens.add(new Token(kind, text, line));
            }
            case NAME, STRING, DATA, PRINT_BEGIN, PRINT_END, BLOCK_BEGIN, BLOCK_END, END ->
                tokens.add(new Token(kind, text, line));
        }
        position = matcher.end();
        return true;
    }

    private void balance(String operator) {
        switch (operator) {
            case "(" -> open.push(")");
            case "[" -> open.push("]");
            case "{" -> open.push("}");
            case ")", "]", "}" -> {
                if (open.isEmpty()) {
                    throw JinjaException.syntax(line, "unexpected '%s'", operator);
                }
                String expected = open.pop();
                if (!expected.equals(operator)) {
                    throw JinjaException.syntax(line, "unexpected '%s', expected '%s'", operator, expected);
                }
            }
            default -> {
            }
        }
    }

    private void readString(char quote) {
        int start = position + 1;
        int end = start;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw JinjaException.syntax(line, "a string that does not end");
        }
        String written = source.substring(start, end);
        tokens.add(new Token(Kind.STRING, StringEscapes.decode(written, line), line));
        line += (int) written.chars().filter(c -> c == '\n').count();
        position = end + 1;
    }

    private void skipSpace() {
        while (position < source.length() && Space.isSpace(source.charAt(position))) {
            line += source.charAt(position) == '\n' ? 1 : 0;
            position++;
        }
    }
}
