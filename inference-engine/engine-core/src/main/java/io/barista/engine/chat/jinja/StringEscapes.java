package io.barista.engine.chat.jinja;

/** The escapes of a string literal, as Python has them; an unknown one stays as it is written. */
final class StringEscapes {

    private StringEscapes() {}

    static String decode(String written, int line) {
        if (written.indexOf('\\') < 0) {
            return written;
        }
        StringBuilder text = new StringBuilder(written.length());
        for (int i = 0; i < written.length();) {
            char c = written.charAt(i);
            if (c == '\\' && i + 1 < written.length()) {
                i = decodeEscape(written, i + 1, text, line);
            } else {
                text.append(c);
                i++;
            }
        }
        return text.toString();
    }

    /** @return the place behind the escape whose letter stands at {@code at} */
    private static int decodeEscape(String written, int at, StringBuilder text, int line) {
        char letter = written.charAt(at);
        switch (letter) {
            case 'n' -> text.append('\n');
            case 't' -> text.append('\t');
            case 'r' -> text.append('\r');
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'a' -> text.append('\u0007');
            case 'v' -> text.append('\u000B');
            case '\\', '\'', '"' -> text.append(letter);
            case '\n' -> {
            }
            case 'x' -> {
                return decodeNumber(written, at + 1, 2, text, line);
            }
            case 'u' -> {
                return decodeNumber(written, at + 1, 4, text, line);
            }
            case 'U' -> {
                return decodeNumber(written, at + 1, 8, text, line);
            }
            case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                int end = at;
                while (end < written.length() && end < at + 3 && Character.digit(written.charAt(end), 8) >= 0) {
                    end++;
                }
                text.append((char) Integer.parseInt(written.substring(at, end), 8));
                return end;
            }
            default -> text.append('\\').append(letter);
        }
        return at + 1;
    }

    private static int decodeNumber(String written, int start, int digits, StringBuilder text, int line) {
        int end = start + digits;
        try {
            text.appendCodePoint(Integer.parseInt(written, start, end, 16));
        } catch (RuntimeException broken) {
            throw JinjaException.syntax(line,
                    "a character escape with fewer than %d hexadecimal digits, or no character",
                    digits);
        }
        return end;
    }
}
