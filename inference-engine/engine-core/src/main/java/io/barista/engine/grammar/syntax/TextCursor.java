package io.barista.engine.grammar.syntax;

/** A place in the text of a pattern or grammar, and how deep its groups are nested there. Complaints name the place. */
final class TextCursor {

    private static final int END = -1;
    private static final int MAX_DEPTH = 100;

    private final String what;
    private final String text;
    private int position;
    private int depth;

    /** @param what what the text is, for messages */
    TextCursor(String what, String text) {
        this.what = what;
        this.text = text;
    }

    boolean atEnd() {
        return position >= text.length();
    }

    int position() {
        return position;
    }

    void moveTo(int newPosition) {
        position = newPosition;
    }

    /** The next character, without taking it; -1 at the end. */
    int peek() {
        return atEnd() ? END : text.codePointAt(position);
    }

    int next() {
        if (atEnd()) {
            throw error("it ends too early");
        }
        int point = text.codePointAt(position);
        position += Character.charCount(point);
        return point;
    }

    boolean looksAt(String expected) {
        return text.startsWith(expected, position);
    }

    boolean take(String expected) {
        if (!looksAt(expected)) {
            return false;
        }
        position += expected.length();
        return true;
    }

    void require(String expected) {
        if (!take(expected)) {
            throw error("expected '%s'".formatted(expected));
        }
    }

    /** A number of decimal digits; -1 when there is none. */
    int takeNumber() {
        int start = position;
        while (!atEnd() && text.charAt(position) >= '0' && text.charAt(position) <= '9') {
            position++;
        }
        if (position - start > 7) {
            throw error("the number %s is too large".formatted(text.substring(start, start + 7) + "..."));
        }
        return start == position ? -1 : Integer.parseInt(text.substring(start, position));
    }

    int takeHex(int digits) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = atEnd() ? -1 : Character.digit(text.charAt(position), 16);
            if (digit < 0) {
                throw error("expected %d hexadecimal digits".formatted(digits));
            }
            value = value * 16 + digit;
            position++;
        }
        return value;
    }

    void enter() {
        if (++depth > MAX_DEPTH) {
            throw error("groups are nested deeper than " + MAX_DEPTH);
        }
    }

    void leave() {
        depth--;
    }

    /** A character, not half of a pair. */
    int requireCharacter(int codePoint) {
        if (codePoint > Character.MAX_CODE_POINT
                || codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
            throw error("U+%04X is no character".formatted(codePoint));
        }
        return codePoint;
    }

    GrammarException error(String problem) {
        return GrammarException.of("%s cannot be used: %s at character %d", what, problem, position + 1);
    }
}
