package io.barista.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DistributionTest {

    @Test
    void agreesWithNumpysPercentiles() {
        // numpy.percentile([3, 1, 4, 1, 5, 9, 2, 6], [50, 90, 99]) -> 3.5, 6.9, 8.79
        Distribution distribution = Distribution.of(DoubleStream.of(3, 1, 4, 1, 5, 9, 2, 6));

        assertThat(distribution.mean()).isEqualTo(3.875);
        assertThat(distribution.p50()).isEqualTo(3.5);
        assertThat(distribution.p90()).isCloseTo(6.9, within(1e-9));
        assertThat(distribution.p99()).isCloseTo(8.79, within(1e-9));
    }

    @Test
    void isZeroWithoutValues() {
        assertThat(Distribution.of(DoubleStream.empty())).isEqualTo(new Distribution(0, 0, 0, 0));
    }

    @Test
    void arrivalsComeAtTheAskedRateAndAreTheSameForTheSameSeed() {
        long[] arrivals = Arrivals.poisson(20_000, 50, 7);

        assertThat(20_000 / (arrivals[19_999] / 1e9)).isCloseTo(50, within(2.0));
        assertThat(arrivals).isSorted().isEqualTo(Arrivals.poisson(20_000, 50, 7));
        // Exponential pauses: their standard deviation equals their mean.
        double[] pauses = IntStream.range(1, arrivals.length).mapToDouble(i -> (arrivals[i] - arrivals[i - 1]) / 1e9)
                .toArray();
        double variance = DoubleStream.of(pauses).map(pause -> (pause - 0.02) * (pause - 0.02)).average().orElseThrow();
        assertThat(Math.sqrt(variance)).isCloseTo(0.02, within(0.001));
    }
}
