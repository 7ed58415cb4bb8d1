package io.barista.engine.chat.jinja;

/** {@code text.replace(old, new, count)}; an empty {@code old} is found before each character and at the end. */
final class TextReplacement {

    private TextReplacement() {}

    /** @param count how many at most; negative for all */
    static String replace(Budget budget, String text, String old, String replacement, int count) {
        StringBuilder out = new StringBuilder();
        int copied = 0;
        int search = 0;
        for (int done = 0; count < 0 || done < count; done++) {
            int at = text.indexOf(old, search);
            if (at < 0 || search > text.length()) {
                break;
            }
            budget.append(out, text.substring(copied, at));
            budget.append(out, replacement);
            copied = at + old.length();
            search = old.isEmpty() ? nextCharacter(text, at) : copied;
        }
        return out.append(text, Math.min(copied, text.length()), text.length()).toString();
    }

    private static int nextCharacter(String text, int at) {
        return at < text.length() ? at + Character.charCount(text.codePointAt(at)) : at + 1;
    }
}
