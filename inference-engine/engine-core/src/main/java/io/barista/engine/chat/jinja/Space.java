package io.barista.engine.chat.jinja;

import java.util.function.IntPredicate;

/** White space as Python's {@code str.isspace} has it, and stripping. */
final class Space {

    private static final int NEXT_LINE = 0x85;

    private Space() {}

    static boolean isSpace(int codePoint) {
        return Character.isWhitespace(codePoint) || Character.isSpaceChar(codePoint) || codePoint == NEXT_LINE;
    }

    static boolean isBlank(String text) {
        return text.codePoints().allMatch(Space::isSpace);
    }

    static String stripStart(String text, IntPredicate unwanted) {
        int start = 0;
        while (start < text.length() && unwanted.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        return text.substring(start);
    }

    static String stripEnd(String text, IntPredicate unwanted) {
        int end = text.length();
        while (end > 0 && unwanted.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(0, end);
    }

    static String strip(String text, IntPredicate unwanted) {
        return stripStart(stripEnd(text, unwanted), unwanted);
    }
}
