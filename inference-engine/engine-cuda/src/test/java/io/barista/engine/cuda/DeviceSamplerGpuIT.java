package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.SamplingParams;
import io.barista.engine.backend.Backend;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.DrawnTokens;
import io.barista.engine.backend.SamplingRows;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.sampling.DeviceRows;
import io.barista.engine.sampling.RawLogprobs;
import io.barista.engine.sampling.Sampler;
import io.barista.engine.sampling.SamplingRecipe;
import io.barista.engine.sampling.TokenRules;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Draws on the device are the host's draws. */
@Tag("gpu")
class DeviceSamplerGpuIT {

    private static final int VOCABULARY = 32_000;

    private final Random random = new Random(3);

    private static List<SamplingParams> ways() {
        return List.of(SamplingParams.greedy(1).build(), SamplingParams.greedy(1).temperature(1).build(),
                SamplingParams.greedy(1).temperature(0.7).topP(0.9).build(),
                SamplingParams.greedy(1).temperature(1.3).topK(40).build(),
                SamplingParams.greedy(1).temperature(1).minP(0.05).build(),
                SamplingParams.greedy(1).temperature(0.8).topK(20).topP(0.95).minP(0.01).build(),
                SamplingParams.greedy(1).repetitionPenalty(1.8).build(),
                SamplingParams.greedy(1).temperature(0.9).topP(0.9).frequencyPenalty(0.7).presencePenalty(-1.5)
                        .repetitionPenalty(0.6).build(),
                SamplingParams.greedy(1).temperature(0.6).logitBias(Map.of(11, 14f, 12, 13.5f, 31_999, -100f)).build(),
                SamplingParams.greedy(9).minTokens(8).stopTokenIds(List.of(13)).logitBias(Map.of(13, 100f, 14, 50f))
                        .build(),
                SamplingParams.greedy(1).logprobs(0).build(),
                SamplingParams.greedy(1).temperature(1).logprobs(5).build(),
                SamplingParams.greedy(1).temperature(1).logprobs(20).build());
    }

    @Test
    void tokensAndLogprobsAreThoseOfTheHostsSampler() {
        int count = 7 * ways().size();
        float[] logits = new float[count * VOCABULARY];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (3 * random.nextGaussian());
        }
        int[] before = random.ints(60, 0, 40).toArray();
        SamplingRows rows = new SamplingRows(count);
        DeviceRows deviceRows = new DeviceRows(VOCABULARY);
        Sampler sampler = new Sampler(VOCABULARY);
        RawLogprobs rawLogprobs = new RawLogprobs(VOCABULARY);
        int[] expected = new int[count];
        TokenLogprobs[] logprobs = new TokenLogprobs[count];
        rows.clear();
        for (int row = 0; row < count; row++) {
            SamplingParams params = ways().get(row % ways().size());
            SamplingRecipe recipe = new SamplingRecipe(params, rules(params), row);
            float[] own = Arrays.copyOfRange(logits, row * VOCABULARY, (row + 1) * VOCABULARY);
            rawLogprobs.remember(own);
            expected[row] = sampler.sample(own, recipe, 0, before, 28, before.length - row % 30);
            if (params.logprobs() != null) {
                logprobs[row] = rawLogprobs.of(expected[row], params.logprobs());
            }
            assertThat(DeviceRows.takes(recipe)).isTrue();
            deviceRows.add(rows, recipe, 0, before, 28, before.length - row % 30);
        }

        DrawnTokens drawn = new DrawnTokens(count);
        try (TensorOps ops = new CudaBackend().open(new Backend.Options(0, DType.BFLOAT16))) {
            DeviceBuffer buffer = ops.allocate("logits", DType.FLOAT32, logits.length);
            ops.write(buffer, 0, logits, logits.length);
            ops.begin(new StepInputs(count, count, 1));
            ops.draw(buffer, VOCABULARY, rows);
            ops.drawn(drawn);
        }

        assertThat(drawn.tokens).isEqualTo(expected);
        for (int row = 0; row < count; row++) {
            if (logprobs[row] != null) {
                assertSame(drawn, row, logprobs[row]);
            }
        }
    }

    private static TokenRules rules(SamplingParams params) {
        return TokenRules.of(params, List.of(2), null);
    }

    private static void assertSame(DrawnTokens drawn, int row, TokenLogprobs expected) {
        assertThat(drawn.logprobs[row]).isCloseTo(expected.chosen().logprob(), within(1e-5f));
        assertThat(drawn.ranks[row]).isEqualTo(expected.rank());
        for (int i = 0; i < expected.top().size(); i++) {
            assertThat(drawn.topTokens[row * drawn.top + i]).isEqualTo(expected.top().get(i).token());
            assertThat(drawn.topLogprobs[row * drawn.top + i]).isCloseTo(expected.top().get(i).logprob(),
                    within(1e-5f));
        }
    }
}
