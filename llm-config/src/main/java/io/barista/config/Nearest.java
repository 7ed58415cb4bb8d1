package io.barista.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** The valid word that a mistyped one was most likely meant to be. */
public final class Nearest {

    private Nearest() {}

    /**
     * The word with the smallest edit distance (a swap of two neighbours counts as one); a word that contains the
     * other, or the other way round, is nearer than its length tells.
     *
     * @param words not empty
     */
    public static String to(String typed, Collection<String> words) {
        String wanted = typed.toLowerCase(Locale.ROOT).replace('-', '_');
        return words.stream()
                .min(Comparator.<String>comparingInt(word -> distance(wanted, word.toLowerCase(Locale.ROOT)))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow(() -> new IllegalArgumentException("no words to choose from"));
    }

    private static int distance(String typed, String word) {
        boolean contained = typed.length() >= 3 && (word.contains(typed) || typed.contains(word) && word.length() >= 3);
        return contained ? 1 + Math.abs(word.length() - typed.length()) / 4 : editDistance(typed, word);
    }

    private static int editDistance(String a, String b) {
        if (a.length() > 2 * b.length() + 8) {
            return a.length(); // far too long to be meant
        }
        int[] beforePrevious = new int[b.length() + 1];
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int column = 0; column <= b.length(); column++) {
            previous[column] = column;
        }
        for (int row = 1; row <= a.length(); row++) {
            current[0] = row;
            for (int column = 1; column <= b.length(); column++) {
                int substitution = previous[column - 1] + (a.charAt(row - 1) == b.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(substitution, Math.min(previous[column], current[column - 1]) + 1);
                boolean swapped = row > 1 && column > 1 && a.charAt(row - 1) == b.charAt(column - 2)
                        && a.charAt(row - 2) == b.charAt(column - 1);
                if (swapped) {
                    current[column] = Math.min(current[column], beforePrevious[column - 2] + 1);
                }
            }
            int[] recycled = beforePrevious;
            beforePrevious = previous;
            previous = current;
            current = recycled;
        }
        return previous[b.length()];
    }
}
