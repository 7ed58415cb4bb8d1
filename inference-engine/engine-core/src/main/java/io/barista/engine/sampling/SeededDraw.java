package io.barista.engine.sampling;

/**
 * Random numbers without state: each is a function of seed, sample and position, so a draw is the same whatever else is in the
 * batch, however often the sequence was preempted, and in whatever order requests came.
 */
final class SeededDraw {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private SeededDraw() {}

    /** Uniform in [0, 1), with 53 random bits. */
    static double uniform(long seed, int sample, int position) {
        long state = mix(seed + GOLDEN_GAMMA);
        state = mix(state ^ (sample + 1L) * GOLDEN_GAMMA);
        state = mix(state + (position + 1L) * GOLDEN_GAMMA);
        return (state >>> 11) * 0x1.0p-53;
    }

    /** SplitMix64's finaliser (Stafford's variant 13). */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
