package io.barista.engine.output;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds stop strings in text that arrives in pieces. What may be the beginning of one is held back until it is certain; the string
 * that is complete first wins, and among those that end together the first of the list.
 */
final class StopStrings {

    private final List<String> stops;
    private final boolean include;
    private final StringBuilder held = new StringBuilder();
    private @Nullable String matched;

    /** @param include whether the matched string stays in the text */
    StopStrings(List<String> stops, boolean include) {
        this.stops = stops;
        this.include = include;
    }

    /** More text; returns what is certain by now. After a match nothing more comes. */
    String append(String text) {
        if (stops.isEmpty()) {
            return text;
        }
        if (matched != null) {
            return "";
        }
        held.append(text);
        int end = findEarliestEnd();
        if (matched != null) {
            return release(include ? end : end - matched.length(), held.length());
        }
        int certain = held.length() - longestBeginning();
        return release(certain, certain);
    }

    /** What was held back, now that no more text comes. */
    String flush() {
        return matched == null ? release(held.length(), held.length()) : "";
    }

    /** The stop string that was found; null before. */
    @Nullable
    String matched() {
        return matched;
    }

    private int findEarliestEnd() {
        int earliest = Integer.MAX_VALUE;
        for (String stop : stops) {
            int start = held.indexOf(stop);
            if (start >= 0 && start + stop.length() < earliest) {
                earliest = start + stop.length();
                matched = stop;
            }
        }
        return earliest;
    }

    /** Length of the longest end of the held text that begins a stop string. */
    private int longestBeginning() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (stop.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    private String release(int shown, int removed) {
        String text = held.substring(0, shown);
        held.delete(0, removed);
        return text;
    }
}
