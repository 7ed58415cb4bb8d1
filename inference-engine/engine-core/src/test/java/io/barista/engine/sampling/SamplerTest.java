package io.barista.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.barista.engine.EngineEvent.TokenLogprob;
import io.barista.engine.EngineEvent.TokenLogprobs;
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

    @Test
    void greedyTakesTheLowestIdOfEqualLogits() {
        float[] logits = {0, 3, 3, -1};

        assertThat(next(new Sampler(4), logits, TestRequests.sampling().recipe(), 0)).isEqualTo(1);
    }

    @Test
    void masksEndAndStopTokensUntilMinTokensAreThere() {
        Sampler sampler = new Sampler(4);
        SamplingRecipe recipe = TestRequests.sampling().minTokens(2).stopTokens(2).recipe(5, 1);
        float[] logits = {0, 9, 8, 1};

        assertThat(next(sampler, logits, recipe, 1)).isEqualTo(3);
        assertThat(next(sampler, logits, recipe, 2)).isEqualTo(1);
    }

    @Test
    void doesNotMaskTheEndTokenOfARequestThatIgnoresIt() {
        SamplingRecipe recipe = TestRequests.sampling().minTokens(2).ignoreEos().recipe(5, 1);

        assertThat(next(new Sampler(4), new float[]{0, 9, 8, 1}, recipe, 0)).isEqualTo(1);
    }

    @Test
    void theSameSeedDrawsTheSameWhateverWasDrawnBefore() {
        SamplingRecipe recipe = TestRequests.sampling().temperature(1).recipe(5);
        float[] logits = randomLogits(100, 1);
        Sampler fresh = new Sampler(100);
        Sampler busy = new Sampler(100);
        for (int position = 0; position < 50; position++) {
            next(busy, randomLogits(100, position), recipe, position + 7);
            assertThat(next(busy, logits, recipe, position)).isEqualTo(next(fresh, logits, recipe, position));
        }
    }

    @Test
    void samplesOfOneRequestDrawDifferently() {
        SamplingRecipe recipe = TestRequests.sampling().temperature(1).recipe(5);
        Sampler sampler = new Sampler(100);
        float[] logits = new float[100];
        long different = IntStream.range(0, 40).map(sample -> sampler.sample(logits.clone(), recipe, sample,
                new int[]{1}, 1, 1)).distinct().count();

        assertThat(different).isGreaterThan(15);
    }

    @Test
    void drawsAsOftenAsTheProbabilitiesSay() {
        float[] logits = {(float) Math.log(0.5), (float) Math.log(0.3), (float) Math.log(0.2)};
        TestRequests sampling = TestRequests.sampling().temperature(1);
        Sampler sampler = new Sampler(3);
        int[] counts = new int[3];
        int draws = 20_000;
        for (int seed = 0; seed < draws; seed++) {
            counts[sampler.sample(logits.clone(), sampling.recipe(seed), 0, new int[]{0}, 1, 1)]++;
        }

        assertThat(counts[0] / (double) draws).isCloseTo(0.5, within(0.02));
        assertThat(counts[1] / (double) draws).isCloseTo(0.3, within(0.02));
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void neverDrawsWhatTheFiltersDropped(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int vocabSize,
            @ForAll @IntRange(min = -1, max = 70) int topK, @ForAll @DoubleRange(min = 0.01, max = 1) double topP,
            @ForAll @DoubleRange(max = 1) double minP, @ForAll @DoubleRange(min = 0.01, max = 2) double temperature) {
        SamplingRecipe recipe = TestRequests.sampling().temperature(temperature).filters(topK, topP, minP).recipe(5);
        float[] logits = randomLogits(vocabSize, seed);
        Sampler sampler = new Sampler(vocabSize);
        double[] probabilities = sampler.distribution(logits.clone(), recipe, new int[]{0}, 1, 1);

        assertThat(Arrays.stream(probabilities).sum()).isCloseTo(1, within(1e-9));
        for (int position = 0; position < 20; position++) {
            assertThat(probabilities[next(sampler, logits, recipe, position)]).isPositive();
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

    private static int next(Sampler sampler, float[] logits, SamplingRecipe recipe, int outputs) {
        return sampler.sample(logits.clone(), recipe, 0, new int[outputs + 1], 1, outputs + 1);
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
