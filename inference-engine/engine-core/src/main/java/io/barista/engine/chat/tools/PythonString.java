package io.barista.engine.chat.tools;

/** The inside of a Python string that is still being written, as the inside of a JSON string. */
final class PythonString {

    private char quote;
    private boolean ended;

    void begin(char quote) {
        this.quote = quote;
        ended = false;
    }

    /** Whether the closing quote was read. */
    boolean hasEnded() {
        return ended;
    }

    /** @return how much of the text was read; what is not is an escape that has not come whole */
    int read(CharSequence text, StringBuilder json) {
        int position = 0;
        while (position < text.length() && !ended) {
            char c = text.charAt(position);
            if (c == '\\') {
                int length = escape(text, position, json);
                if (length == 0) {
                    return position;
                }
                position += length;
            } else {
                ended = c == quote;
                if (!ended) {
                    JsonStrings.escape(c, json);
                }
                position++;
            }
        }
        return position;
    }

    /** @return its length; 0 when it has not come whole */
    private static int escape(CharSequence text, int start, StringBuilder json) {
        if (start + 1 == text.length()) {
            return 0;
        }
        char c = text.charAt(start + 1);
        return switch (c) {
            case 'n' -> simple('\n', json);
            case 't' -> simple('\t', json);
            case 'r' -> simple('\r', json);
            case 'b' -> simple('\b', json);
            case 'f' -> simple('\f', json);
            case '\\', '\'', '"' -> simple(c, json);
            case '\n' -> 2;
            case 'x' -> hexadecimal(text, start, 2, json);
            case 'u' -> hexadecimal(text, start, 4, json);
            case 'U' -> hexadecimal(text, start, 8, json);
            default -> {
                // not an escape: Python keeps the backslash
                JsonStrings.escape('\\', json);
                yield 1;
            }
        };
    }

    private static int simple(char c, StringBuilder json) {
        JsonStrings.escape(c, json);
        return 2;
    }

    private static int hexadecimal(CharSequence text, int start, int digits, StringBuilder json) {
        int end = start + 2;
        while (end < text.length() && end < start + 2 + digits && Character.digit(text.charAt(end), 16) >= 0) {
            end++;
        }
        boolean whole = end == start + 2 + digits;
        if (!whole && end == text.length()) {
            return 0;
        }
        int codePoint = whole ? Integer.parseUnsignedInt(text, start + 2, end, 16) : -1;
        if (!Character.isValidCodePoint(codePoint)) {
            JsonStrings.escape('\\', json);
            return 1;
        }
        for (char c : Character.toChars(codePoint)) {
            JsonStrings.unicode(c, json);
        }
        return end - start;
    }
}
