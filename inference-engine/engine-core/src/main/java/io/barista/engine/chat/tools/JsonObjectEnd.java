package io.barista.engine.chat.tools;

/**
 * Finds the end of a JSON object in text that is still growing and may be taken away from the front. A {@code <} outside of strings
 * ends it too: that is no JSON but a tag, behind an object that was never closed.
 */
final class JsonObjectEnd {

    private int position;
    private int depth;
    private boolean inString;
    private boolean escaped;

    void reset() {
        reset(0);
    }

    /** @param depth how many brackets are open before the text starts */
    void reset(int depth) {
        position = 0;
        this.depth = depth;
        inString = false;
        escaped = false;
    }

    /** How much was taken away from the front of the text. */
    void consumed(int length) {
        position -= length;
    }

    /** Where the text after the object starts; -1 while the object is open. */
    int find(CharSequence text) {
        for (; position < text.length(); position++) {
            char c = text.charAt(position);
            if (escaped) {
                escaped = false;
            } else if (inString) {
                escaped = c == '\\';
                inString = c != '"';
            } else if (c == '{' || c == '[') {
                depth++;
            } else if (c == '}' || c == ']') {
                depth--;
                if (depth == 0) {
                    position++;
                    return position;
                }
            } else {
                inString = c == '"';
                if (c == '<') {
                    return position;
                }
            }
        }
        return -1;
    }
}
