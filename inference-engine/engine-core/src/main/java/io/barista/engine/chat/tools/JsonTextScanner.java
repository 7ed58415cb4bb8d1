package io.barista.engine.chat.tools;

/** Walks over JSON text that is still growing and knows what is inside a string. */
final class JsonTextScanner {

    private int position;
    private boolean inString;
    private boolean escaped;

    void reset() {
        position = 0;
        inString = false;
        escaped = false;
    }

    /** The first place of {@code wanted} outside of strings, not before the last one found; -1 when it has not come yet. */
    int findOutsideStrings(CharSequence text, char wanted) {
        for (; position < text.length(); position++) {
            char c = text.charAt(position);
            if (escaped) {
                escaped = false;
            } else if (inString) {
                escaped = c == '\\';
                inString = c != '"';
            } else if (c == wanted) {
                return position;
            } else {
                inString = c == '"';
            }
        }
        return -1;
    }
}
