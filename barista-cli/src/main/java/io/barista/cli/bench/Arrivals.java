package io.barista.cli.bench;

import java.util.SplittableRandom;

/** When requests are sent, in nanoseconds from the start. */
final class Arrivals {

    private Arrivals() {}

    /** All at once: only the allowed concurrency holds them back. */
    static long[] immediately(int count) {
        return new long[count];
    }

    /** A Poisson process: the pauses are exponentially distributed around {@code 1 / perSecond}. */
    static long[] poisson(int count, double perSecond, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long[] arrivals = new long[count];
        double now = 0;
        for (int i = 0; i < count; i++) {
            arrivals[i] = (long) (now * 1e9);
            now += -Math.log(1 - random.nextDouble()) / perSecond;
        }
        return arrivals;
    }
}
