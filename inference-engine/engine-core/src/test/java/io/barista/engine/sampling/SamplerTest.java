package io.barista.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.barista.engine.EngineEvent.TokenLogprob;
import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.SamplingParams;
import io.barista.engine.TestRequests;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SamplerTest {

    private static final int[] NO_ENDS = {};

    @Test
    void greedyTakesTheLowestIdOfEqualLogits() {
        float[] logits = {0, 3, 3, -1};

        assertThat(next(new Sampler(4, NO_ENDS), logits, TestRequests.sampling().build(), 0)).isEqualTo(1);
    }

    @Test
    void masksEndAndStopTokensUntilMinTokensAreThere() {
        Sampler sampler = new Sampler(4, new int[]{1});
        SamplingParams params = TestRequests.sampling().minTokens(2).stopTokens(2).build();
        float[] logits = {0, 9, 8, 1};

        assertThat(next(sampler, logits, params, 1)).isEqualTo(3);
        assertThat(next(sampler, logits, params, 2)).isEqualTo(1);
    }

    @Test
    void doesNotMaskTheEndTokenOfARequestThatIgnoresIt() {
        SamplingParams params = TestRequests.sampling().minTokens(2).ignoreEos().build();

        assertThat(next(new Sampler(4, new int[]{1}), new float[]{0, 9, 8, 1}, params, 0)).isEqualTo(1);
    }

    @Test
    void theSameSeedDrawsTheSameWhateverWasDrawnBefore() {
        SamplingParams params = TestRequests.sampling().temperature(1).build();
        float[] logits = randomLogits(100, 1);
        Sampler fresh = new Sampler(100, NO_ENDS);
        Sampler busy = new Sampler(100, NO_ENDS);
        for (int position = 0; position < 50; position++) {
            next(busy, randomLogits(100, position), params, position + 7);
            assertThat(next(busy, logits, params, position)).isEqualTo(next(fresh, logits, params, position));
        }
    }

    @Test
    void samplesOfOneRequestDrawDifferently() {
        SamplingParams params = TestRequests.sampling().temperature(1).build();
        Sampler sampler = new Sampler(100, NO_ENDS);
        float[] logits = new float[100];
        long different = IntStream.range(0, 40).map(sample -> sampler.sample(logits.clone(), params, new int[]{1}, 1, 1,
                9, sample)).distinct().count();

        assertThat(different).isGreaterThan(15);
    }

    @Test
    void drawsAsOftenAsTheProbabilitiesSay() {
        float[] logits = {(float) Math.log(0.5), (float) Math.log(0.3), (float) Math.log(0.2)};
        SamplingParams params = TestRequests.sampling().temperature(1).build();
        Sampler sampler = new Sampler(3, NO_ENDS);
        int[] counts = new int[3];
        int draws = 20_000;
        for (int seed = 0; seed < draws; seed++) {
            counts[sampler.sample(logits.clone(), params, new int[]{0}, 1, 1, seed, 0)]++;
        }

        assertThat(counts[0] / (double) draws).isCloseTo(0.5, within(0.02));
        assertThat(counts[1] / (double) draws).isCloseTo(0.3, within(0.02));
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void neverDrawsWhatTheFiltersDropped(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int vocabSize,
            @ForAll @IntRange(min = -1, max = 70) int topK, @ForAll @DoubleRange(min = 0.01, max = 1) double topP,
            @ForAll @DoubleRange(max = 1) double minP, @ForAll @DoubleRange(min = 0.01, max = 2) double temperature) {
        SamplingParams params = TestRequests.sampling().temperature(temperature).filters(topK, topP, minP).build();
        float[] logits = randomLogits(vocabSize, seed);
        Sampler sampler = new Sampler(vocabSize, NO_ENDS);
        double[] probabilities = sampler.distribution(logits.clone(), params, new int[]{0}, 1, 1);

        assertThat(Arrays.stream(probabilities).sum()).isCloseTo(1, within(1e-9));
        for (int position = 0; position < 20; position++) {
            assertThat(probabilities[next(sampler, logits, params, position)]).isPositive();
        }
    }

    @Test
    void logprobsAreThoseOfTheRawLogitsBestFirst() {
        RawLogprobs raw = new RawLogprobs(3);
        raw.remember(new float[]{(float) Math.log(0.2), (float) Math.log(0.7), (float) Math.log(0.1)});

        TokenLogprobs two = raw.of(2, 2);

        assertThat(two.chosen().token()).isEqualTo(2);
        assertThat(two.chosen().logprob()).isCloseTo((float) Math.log(0.1), within(1e-6f));
        assertThat(two.top()).extracting(TokenLogprob::token).containsExactly(1, 0);
        assertThat(raw.of(0, 0).top()).isEmpty();
        assertThat(raw.of(0, -1).top()).hasSize(3);
    }

    private static int next(Sampler sampler, float[] logits, SamplingParams params, int outputs) {
        return sampler.sample(logits.clone(), params, new int[outputs + 1], 1, outputs + 1, 5, 0);
    }

    private static float[] randomLogits(int size, long seed) {
        Random random = new Random(seed);
        float[] logits = new float[size];
        for (int i = 0; i < size; i++) {
            logits[i] = (float) (4 * random.nextGaussian());
        }
        return logits;
    }
}
