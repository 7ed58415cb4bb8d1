package io.barista.config.type;

import io.barista.config.OptionType;
import java.math.BigInteger;

/** A whole number of 64 bits with a lower bound; with units as in {@link IntegerType}. */
public final class LongType implements OptionType<Long> {

    private final long min;
    private final boolean units;

    private LongType(long min, boolean units) {
        this.min = min;
        this.units = units;
    }

    public static LongType atLeast(long min) {
        return new LongType(min, false);
    }

    public static LongType any() {
        return new LongType(Long.MIN_VALUE, false);
    }

    public LongType withUnits() {
        return new LongType(min, true);
    }

    @Override
    public Long parse(Object raw) {
        BigInteger number = WholeNumbers.parse(raw, units).orElseThrow(() -> Shown.unexpected(describe(), raw));
        if (number.bitLength() >= Long.SIZE || number.longValueExact() < min) {
            throw Shown.unexpected(describe(), raw);
        }
        return number.longValueExact();
    }

    @Override
    public String describe() {
        String range = min == Long.MIN_VALUE ? "a whole number of 64 bits" : "a whole number of at least " + min;
        return range + (units ? " (4g and 4G too)" : "");
    }
}
