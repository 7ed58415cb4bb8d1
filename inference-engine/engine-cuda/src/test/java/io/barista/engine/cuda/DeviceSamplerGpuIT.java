package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.SamplingParams;
import io.barista.engine.backend.Backend;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.SamplingRows;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.sampling.Sampler;
import io.barista.engine.sampling.SamplingRecipe;
import io.barista.engine.sampling.TokenRules;
import java.util.Arrays;
import java.util.List;
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
                SamplingParams.greedy(1).temperature(0.8).topK(20).topP(0.95).minP(0.01).build());
    }

    @Test
    void tokensAreThoseOfTheHostsSampler() {
        int count = 60;
        float[] logits = new float[count * VOCABULARY];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (3 * random.nextGaussian());
        }
        SamplingRows rows = new SamplingRows(count);
        rows.rows = count;
        int[] expected = new int[count];
        Sampler sampler = new Sampler(VOCABULARY);
        for (int row = 0; row < count; row++) {
            SamplingParams params = ways().get(row % ways().size());
            SamplingRecipe recipe = new SamplingRecipe(params, TokenRules.NONE, row);
            float[] own = Arrays.copyOfRange(logits, row * VOCABULARY, (row + 1) * VOCABULARY);
            expected[row] = sampler.sample(own, recipe, 0, new int[]{1, 2, 3}, 2, 3);
            rows.set(row, params.temperature(), params.topK(), params.topP(), params.minP(), recipe.uniform(0, 1));
        }
        int[] actual = new int[count];

        try (TensorOps ops = new CudaBackend().open(new Backend.Options(0, DType.BFLOAT16))) {
            DeviceBuffer buffer = ops.allocate("logits", DType.FLOAT32, logits.length);
            ops.write(buffer, 0, logits, logits.length);
            ops.begin(new StepInputs(count, count, 1));
            assertThat(ops.sample(buffer, VOCABULARY, rows, actual)).isTrue();
        }

        assertThat(actual).isEqualTo(expected);
    }
}
