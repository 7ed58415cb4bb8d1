package io.barista.config.type;

import java.util.List;
import java.util.Map;

/** How a wrong value appears in a message: short, on one line, without control characters. */
final class Shown {

    private static final int LONGEST = 60;

    private Shown() {}

    static String of(Object raw) {
        return switch (raw) {
            case Map<?, ?> _ -> "a mapping";
            case List<?> _ -> "a list";
            case String text -> '"' + shortened(text) + '"';
            default -> shortened(String.valueOf(raw));
        };
    }

    static IllegalArgumentException unexpected(String expected, Object raw) {
        return new IllegalArgumentException("expected " + expected + ", got " + of(raw));
    }

    private static String shortened(String text) {
        String oneLine = text.replaceAll("\\p{Cntrl}", " ");
        return oneLine.length() <= LONGEST ? oneLine : oneLine.substring(0, LONGEST) + "...";
    }
}
