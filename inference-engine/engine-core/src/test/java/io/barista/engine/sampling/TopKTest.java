package io.barista.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class TopKTest {

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void findsTheLargestInTheOrderOfAFullSort(@ForAll long seed, @ForAll @IntRange(min = 1, max = 200) int size,
            @ForAll @IntRange(min = 1, max = 40) int count) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            // Few different values, so that ties are common; some are masked.
            values[i] = random.nextInt(9) == 0 ? Float.NEGATIVE_INFINITY : random.nextInt(12) - 6;
        }
        TopK topK = new TopK();
        topK.select(values, count);
        float least = topK.least();
        topK.sort();

        List<Integer> expected = IntStream.range(0, size).boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -values[i]).thenComparingInt(i -> i)).limit(count)
                .toList();
        assertThat(IntStream.range(0, topK.size()).mapToObj(topK::index).toList()).isEqualTo(expected);
        assertThat(least).isEqualTo(values[expected.getLast()]);
    }
}
