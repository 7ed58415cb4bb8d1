package io.barista.engine.chat.jinja;

import io.barista.engine.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts template source into tokens, with {@code trim_blocks} and {@code lstrip_blocks} as Hugging Face sets them: the newline behind a
 * block goes, and so do blanks before a block that starts its line.
 */
final class Lexer {

    private static final String ENDRAW = "endraw";

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;

    /** Whether the last thing read ended a line. */
    private boolean lineStarting = true;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String source) {
        Lexer lexer = new Lexer(withoutLastNewline(source.replace("\r\n", "\n").replace('\r', '\n')));
        lexer.readAll();
        return lexer.tokens;
    }

    private static String withoutLastNewline(String source) {
        return source.endsWith("\n") ? source.substring(0, source.length() - 1) : source;
    }

    private void readAll() {
        while (position < source.length()) {
            int tag = nextTag();
            if (tag < 0) {
                data(source.substring(position));
                advanceTo(source.length());
                break;
            }
            readTag(tag);
        }
        tokens.add(new Token(Kind.END, "", line));
    }

    private int nextTag() {
        for (int brace = source.indexOf('{', position); brace >= 0; brace = source.indexOf('{', brace + 1)) {
            if (brace + 1 < source.length() && "{%#".indexOf(source.charAt(brace + 1)) >= 0) {
                return brace;
            }
        }
        return -1;
    }

    private void readTag(int tag) {
        char type = source.charAt(tag + 1);
        textBefore(tag, type != '{');
        int start = line;
        advanceTo(tag + 2 + (signAt(tag + 2) == ' ' ? 0 : 1));
        switch (type) {
            case '{' -> {
                tokens.add(new Token(Kind.PRINT_BEGIN, "", start));
                readExpression(Kind.PRINT_END, "}}");
            }
            case '%' -> {
                int afterRaw = endOfRawTag();
                if (afterRaw >= 0) {
                    readRaw(afterRaw);
                } else {
                    tokens.add(new Token(Kind.BLOCK_BEGIN, "", start));
                    readExpression(Kind.BLOCK_END, "%}");
                }
            }
            default -> readComment(start);
        }
    }

    /** The text up to a tag, without the white space that the tag takes away. */
    private void textBefore(int tag, boolean stripsIndent) {
        String text = source.substring(position, tag);
        char sign = signAt(tag + 2);
        if (sign == '-') {
            text = Space.stripEnd(text, Space::isSpace);
        } else if (sign != '+' && stripsIndent) {
            int lineStart = text.lastIndexOf('\n') + 1;
            if ((lineStart > 0 || lineStarting) && Space.isBlank(text.substring(lineStart))) {
                text = text.substring(0, lineStart);
            }
        }
        data(text);
        advanceTo(tag);
    }

    /** {@code -} or {@code +} right behind the start of a tag, else a blank. */
    private char signAt(int index) {
        boolean signed = index < source.length() && (source.charAt(index) == '-' || source.charAt(index) == '+');
        return signed ? source.charAt(index) : ' ';
    }

    private void readComment(int start) {
        int end = source.indexOf("#}", position);
        if (end < 0) {
            throw JinjaException.syntax(start, "a comment {# without its #}");
        }
        boolean strips = end > position && source.charAt(end - 1) == '-';
        boolean keeps = end > position && source.charAt(end - 1) == '+';
        advanceTo(end + 2);
        afterTag(strips, !keeps);
    }

    /** Behind a tag: all white space, or one newline, goes. */
    private void afterTag(boolean stripsSpace, boolean trimsNewline) {
        if (stripsSpace) {
            advanceTo(source.length() - Space.stripStart(source.substring(position), Space::isSpace).length());
        } else if (trimsNewline && position < source.length() && source.charAt(position) == '\n') {
            advanceTo(position + 1);
        }
        lineStarting = source.charAt(position - 1) == '\n';
    }

    /** The end of {@code raw %}} at the current position; -1 if something else stands there. */
    private int endOfRawTag() {
        int name = skipSpace(position);
        if (!source.startsWith("raw", name)) {
            return -1;
        }
        int end = skipSpace(name + 3);
        int sign = end < source.length() && source.charAt(end) == '-' ? 1 : 0;
        return source.startsWith("%}", end + sign) ? end + sign + 2 : -1;
    }

    private void readRaw(int bodyStart) {
        int start = line;
        boolean strips = source.charAt(bodyStart - 3) == '-';
        advanceTo(bodyStart);
        afterTag(strips, false);
        for (int tag = source.indexOf("{%", position); tag >= 0; tag = source.indexOf("{%", tag + 2)) {
            int name = skipSpace(tag + 2 + (signAt(tag + 2) == ' ' ? 0 : 1));
            int end = source.startsWith(ENDRAW, name) ? skipSpace(name + ENDRAW.length()) : source.length();
            int sign = signAt(end) == ' ' ? 0 : 1;
            if (source.startsWith("%}", end + sign)) {
                textBefore(tag, true);
                boolean stripsAfter = source.charAt(end) == '-';
                boolean keeps = source.charAt(end) == '+';
                advanceTo(end + sign + 2);
                afterTag(stripsAfter, !keeps);
                return;
            }
        }
        throw JinjaException.syntax(start, "{%% raw %%} without {%% endraw %%}");
    }

    private void readExpression(Kind endKind, String end) {
        int closed = new ExpressionLexer(source, tokens).read(position, line, endKind, end);
        boolean strips = source.charAt(closed - 3) == '-';
        boolean keeps = source.charAt(closed - 3) == '+';
        advanceTo(closed);
        afterTag(strips, endKind == Kind.BLOCK_END && !keeps);
    }

    private void data(String text) {
        if (!text.isEmpty()) {
            tokens.add(new Token(Kind.DATA, text, line));
        }
    }

    private int skipSpace(int from) {
        int index = from;
        while (index < source.length() && Space.isSpace(source.charAt(index))) {
            index++;
        }
        return index;
    }

    private void advanceTo(int target) {
        line += (int) source.substring(position, target).chars().filter(c -> c == '\n').count();
        position = target;
    }
}
