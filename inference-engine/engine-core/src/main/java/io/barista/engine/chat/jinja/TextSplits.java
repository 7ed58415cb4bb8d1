package io.barista.engine.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code split} and its relatives. */
final class TextSplits {

    private final Budget budget;

    TextSplits(Budget budget) {
        this.budget = budget;
    }

    Value split(String text, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("split", "sep", "maxsplit");
        @Nullable
        String separator = separator(bound);
        int most = bound.integer(1, -1);
        return texts(separator == null ? words(text, most) : parts(text, separator, most));
    }

    Value rightSplit(String text, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("rsplit", "sep", "maxsplit");
        @Nullable
        String separator = separator(bound);
        int most = bound.integer(1, -1);
        List<String> reversed = separator == null
                ? words(reverse(text), most)
                : parts(reverse(text), reverse(separator), most);
        return texts(reversed.reversed().stream().map(TextSplits::reverse).toList());
    }

    Value lines(String text, Arguments arguments) {
        boolean keepEnds = arguments.bind("splitlines", "keepends").flag(0, false);
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = start;
            while (end < text.length() && !isLineEnd(text.charAt(end))) {
                end++;
            }
            int next = text.startsWith("\r\n", end) ? end + 2 : Math.min(end + 1, text.length());
            lines.add(text.substring(start, keepEnds ? next : end));
            start = next;
        }
        return texts(lines);
    }

    Value partition(String text, Arguments arguments) {
        String separator = nonEmpty(arguments.bind("partition", "sep").text(0));
        int at = text.indexOf(separator);
        return at < 0
                ? tuple(text, "", "")
                : tuple(text.substring(0, at), separator, text.substring(at + separator.length()));
    }

    Value rightPartition(String text, Arguments arguments) {
        String separator = nonEmpty(arguments.bind("rpartition", "sep").text(0));
        int at = text.lastIndexOf(separator);
        return at < 0
                ? tuple("", "", text)
                : tuple(text.substring(0, at), separator, text.substring(at + separator.length()));
    }

    private static @Nullable String separator(Arguments.Bound bound) {
        @Nullable
        String separator = bound.optionalText(0);
        return separator == null ? null : nonEmpty(separator);
    }

    private static String nonEmpty(String separator) {
        if (separator.isEmpty()) {
            throw JinjaException.runtime("empty separator");
        }
        return separator;
    }

    private static List<String> parts(String text, String separator, int most) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int at = text.indexOf(separator); at >= 0 && parts.size() != most; at = text.indexOf(separator, start)) {
            parts.add(text.substring(start, at));
            start = at + separator.length();
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static List<String> words(String text, int most) {
        List<String> words = new ArrayList<>();
        String rest = Space.stripStart(text, Space::isSpace);
        int start = 0;
        while (start < rest.length()) {
            if (words.size() == most) {
                words.add(rest.substring(start));
                return words;
            }
            int end = start;
            while (end < rest.length() && !Space.isSpace(rest.charAt(end))) {
                end++;
            }
            words.add(rest.substring(start, end));
            start = end;
            while (start < rest.length() && Space.isSpace(rest.charAt(start))) {
                start++;
            }
        }
        return words;
    }

    private static boolean isLineEnd(char c) {
        return c >= '\n' && c <= '\r' || c >= 0x1C && c <= 0x1E || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    private static String reverse(String text) {
        return new StringBuilder(text).reverse().toString();
    }

    private static Value tuple(String... texts) {
        return new Value.Tuple(List.of(texts).stream().map(text -> (Value) new Value.Text(text)).toList());
    }

    private Value texts(List<String> texts) {
        return budget.list(texts.stream().map(text -> (Value) new Value.Text(text)).toList());
    }
}
