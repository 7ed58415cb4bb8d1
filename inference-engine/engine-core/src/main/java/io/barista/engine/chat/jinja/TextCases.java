package io.barista.engine.chat.jinja;

import java.util.Locale;

/** Upper and lower case as Python's str sees them, and centring. */
final class TextCases {

    /** The first letter of each run of letters in title case, the others in lower case. */
    String title(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean afterLetter = false;
        for (int point : text.codePoints().toArray()) {
            out.appendCodePoint(afterLetter ? Character.toLowerCase(point) : Character.toTitleCase(point));
            afterLetter = isCased(point);
        }
        return out.toString();
    }

    String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.codePointAt(0);
        return Character.toString(Character.toTitleCase(first))
                + text.substring(Character.charCount(first)).toLowerCase(Locale.ROOT);
    }

    String swap(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(point -> out.append(Character.isUpperCase(point)
                ? Character.toString(point).toLowerCase(Locale.ROOT)
                : Character.isLowerCase(point)
                        ? Character.toString(point).toUpperCase(Locale.ROOT)
                        : Character.toString(point)));
        return out.toString();
    }

    boolean isUpper(String text) {
        return text.codePoints().anyMatch(Character::isUpperCase)
                && text.codePoints().noneMatch(point -> Character.isLowerCase(point) || Character.isTitleCase(point));
    }

    boolean isLower(String text) {
        return text.codePoints().anyMatch(Character::isLowerCase)
                && text.codePoints().noneMatch(point -> Character.isUpperCase(point) || Character.isTitleCase(point));
    }

    boolean isTitle(String text) {
        return text.codePoints().anyMatch(TextCases::isCased) && title(text).equals(text);
    }

    /** Superscripts, circled digits and their like are digits for Python too. */
    static boolean isDigit(int point) {
        return Character.isDigit(point) || Character.getType(point) == Character.OTHER_NUMBER
                && Character.getNumericValue(point) >= 0 && Character.getNumericValue(point) <= 9;
    }

    static boolean isNumeric(int point) {
        return switch (Character.getType(point)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
            default -> false;
        };
    }

    /** Where the blanks do not divide evenly, Python puts the odd one by the parity of the width. */
    static String center(String text, int width, char fill) {
        int missing = width - text.codePointCount(0, text.length());
        if (missing <= 0) {
            return text;
        }
        int left = missing / 2 + (missing & width & 1);
        return Character.toString(fill).repeat(left) + text + Character.toString(fill).repeat(missing - left);
    }

    private static boolean isCased(int point) {
        return Character.isUpperCase(point) || Character.isLowerCase(point) || Character.isTitleCase(point);
    }
}
