package io.barista.cli.bench;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Mean and percentiles; all zero without values. */
record Distribution(double mean, double p50, double p90, double p99) {

    static Distribution of(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        if (sorted.length == 0) {
            return new Distribution(0, 0, 0, 0);
        }
        double mean = Arrays.stream(sorted).average().orElse(0);
        return new Distribution(mean, percentile(sorted, 50), percentile(sorted, 90), percentile(sorted, 99));
    }

    /** Linear between the two nearest ranks, as numpy's default. */
    private static double percentile(double[] sorted, double percent) {
        double rank = percent / 100 * (sorted.length - 1);
        int below = (int) rank;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (sorted[above] - sorted[below]) * (rank - below);
    }
}
