package io.barista.engine.chat.jinja;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** The places that {@code start:stop:step} picks of a sequence: {@code count} of them, from {@code start} on. */
record SliceBounds(long start, long step, long count) {

    static SliceBounds of(@Nullable BigInteger start, @Nullable BigInteger stop, @Nullable BigInteger step,
            int length) {
        long by = step == null ? 1 : clamp(step, -Integer.MAX_VALUE, Integer.MAX_VALUE);
        if (by == 0) {
            throw JinjaException.runtime("slice step cannot be zero");
        }
        long lowest = by > 0 ? 0 : -1;
        long highest = by > 0 ? length : length - 1;
        long from = place(start, by > 0 ? lowest : highest, length, lowest, highest);
        long to = place(stop, by > 0 ? highest : lowest, length, lowest, highest);
        long span = by > 0 ? to - from : from - to;
        return new SliceBounds(from, by, span <= 0 ? 0 : (span - 1) / Math.abs(by) + 1);
    }

    private static long place(@Nullable BigInteger bound, long standard, int length, long lowest, long highest) {
        if (bound == null) {
            return standard;
        }
        BigInteger fromStart = bound.signum() < 0 ? bound.add(BigInteger.valueOf(length)) : bound;
        return clamp(fromStart, lowest, highest);
    }

    private static long clamp(BigInteger value, long lowest, long highest) {
        return value.max(BigInteger.valueOf(lowest)).min(BigInteger.valueOf(highest)).longValue();
    }
}
