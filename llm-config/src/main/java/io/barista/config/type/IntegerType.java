package io.barista.config.type;

import io.barista.config.OptionType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A whole number in a range. With units, {@code 32k} is 32000 and {@code 32K} is 32768, as in vLLM;
 * a word may stand for a number outside the range ({@code auto} for -1).
 */
public final class IntegerType implements OptionType<Integer> {

    private final int min;
    private final int max;
    private final boolean units;
    private final @Nullable String word;
    private final int wordValue;

    private IntegerType(int min, int max, boolean units, @Nullable String word, int wordValue) {
        this.min = min;
        this.max = max;
        this.units = units;
        this.word = word;
        this.wordValue = wordValue;
    }

    public static IntegerType atLeast(int min) {
        return between(min, Integer.MAX_VALUE);
    }

    public static IntegerType between(int min, int max) {
        return new IntegerType(min, max, false, null, 0);
    }

    public IntegerType withUnits() {
        return new IntegerType(min, max, true, word, wordValue);
    }

    /** Accepts {@code word}, and {@code value} itself, for {@code value}. */
    public IntegerType orWord(String word, int value) {
        return new IntegerType(min, max, units, word, value);
    }

    @Override
    public Integer parse(Object raw) {
        if (word != null && raw instanceof String text && text.strip().toLowerCase(Locale.ROOT).equals(word)) {
            return wordValue;
        }
        long number = WholeNumbers.parse(raw, units).filter(parsed -> parsed.bitLength() < Long.SIZE)
                .orElseThrow(() -> Shown.unexpected(describe(), raw)).longValueExact();
        boolean isWord = word != null && number == wordValue;
        if (!isWord && (number < min || number > max)) {
            throw Shown.unexpected(describe(), raw);
        }
        return (int) number;
    }

    @Override
    public String describe() {
        String range = max == Integer.MAX_VALUE
                ? "a whole number of at least " + min
                : "a whole number from " + min + " to " + max;
        return range + (units ? " (32k and 32K too)" : "") + (word == null ? "" : " or " + word);
    }
}
