package io.barista.engine.cpu;

import static io.barista.engine.testkit.TestTensors.matrix;
import static io.barista.engine.testkit.TestTensors.random;
import static io.barista.engine.testkit.TestTensors.vector;
import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.Matrix;
import io.barista.engine.backend.RopeTable;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.backend.Weight;
import io.barista.engine.testkit.TestStep;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A row's result is the same bits alone or in a batch, on one thread or several, whole or in chunks. */
class VectorOpsCompanyTest {

    private final Random random = new Random(7);

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void aRowOfAProductIsTheSameBitsAmongAnyNumberOfRows(DType dtype) {
        int inputs = 600; // more than one piece of a panel
        int outputs = 203; // neither whole panels nor whole groups of them
        float[] weights = random(random, inputs * outputs, 1);
        float[] x = random(random, 65 * inputs, 1);
        try (TensorOps alone = new VectorOps(DType.FLOAT32, 1); TensorOps shared = new VectorOps(DType.FLOAT32, 3)) {
            float[] expected = new float[65 * outputs];
            for (int row = 0; row < 65; row++) {
                float[] one = multiply(alone, dtype, weights, outputs,
                        Arrays.copyOfRange(x, row * inputs, (row + 1) * inputs));
                System.arraycopy(one, 0, expected, row * outputs, outputs);
            }
            for (int rows : new int[]{1, 2, 4, 5, 8, 9, 32, 65}) {
                float[] together = multiply(shared, dtype, weights, outputs, Arrays.copyOf(x, rows * inputs));
                assertThat(together).as("%d rows", rows).isEqualTo(Arrays.copyOf(expected, rows * outputs));
            }
        }
    }

    private static float[] multiply(TensorOps ops, DType dtype, float[] weights, int outputs, float[] x) {
        int inputs = weights.length / outputs;
        int rows = x.length / inputs;
        Matrix w = ops.pack("w", List.of(new Weight.Dense(matrix("w", dtype, outputs, inputs, weights))));
        DeviceBuffer out = ops.allocate("out", DType.FLOAT32, (long) rows * outputs);
        ops.matmul(w, null, ops.upload(vector("x", DType.FLOAT32, x)), rows, out);
        return read(ops, out);
    }

    /** 16 · 8 is the span of the softmax; windows and chunks end inside, at and beyond it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 50, 128, 200})
    void aQuerysAttentionIsTheSameBitsInAnyChunkOrBatch(int window) {
        AttentionSpec spec = new AttentionSpec(14, 2, 64, 0.125f, window, 0);
        int length = 300;
        float[] prompt = random(random, length * spec.qkvWidth(), 1);

        float[] whole = attend(spec, prompt, 1, false, length);
        float[] tokenByToken = attend(spec, prompt, 2, false, 1);
        float[] chunksBesideOthers = attend(spec, prompt, 3, true, 37);
        float[] manyWorkers = attend(spec, prompt, 9, false, 129);

        assertThat(tokenByToken).isEqualTo(whole);
        assertThat(chunksBesideOthers).isEqualTo(whole);
        assertThat(manyWorkers).isEqualTo(whole);
    }

    private static float[] attend(AttentionSpec spec, float[] prompt, int threads, boolean company, int chunk) {
        int length = prompt.length / spec.qkvWidth();
        float[] result = new float[length * spec.queryWidth()];
        try (TensorOps ops = new VectorOps(DType.FLOAT32, threads)) {
            KvCache cache = ops.allocateKvCache(new KvCache.Shape(1, 2 * 20, 16, spec.kvHeads(), spec.headDim()));
            RopeTable rope = ops.uploadRope(rotations(320), 320, 2);
            TestStep steps = TestStep.of(new Random(threads), 2, 20, 16);
            for (int from = 0; from < length; from += chunk) {
                int queries = Math.min(chunk, length - from);
                int before = company ? 1 : 0;
                if (company) {
                    steps.compute(1, from / chunk, 0);
                }
                float[] rows = new float[(before + queries) * spec.qkvWidth()];
                Arrays.fill(rows, 3);
                System.arraycopy(prompt, from * spec.qkvWidth(), rows, before * spec.qkvWidth(),
                        queries * spec.qkvWidth());

                DeviceBuffer qkv = ops.upload(vector("qkv", DType.FLOAT32, rows));
                DeviceBuffer out = ops.allocate("out", DType.FLOAT32, (long) (before + queries) * spec.queryWidth());
                ops.begin(steps.compute(0, from, new int[queries]).next());
                ops.ropeAndCache(qkv, spec, rope, null, null, 0, cache, 0);
                ops.pagedAttention(qkv, spec, cache, 0, out);
                System.arraycopy(read(ops, out), before * spec.queryWidth(), result, from * spec.queryWidth(),
                        queries * spec.queryWidth());
            }
        }
        return result;
    }

    private static float[] rotations(int positions) {
        float[] table = new float[positions * 2];
        for (int position = 0; position < positions; position++) {
            table[2 * position] = (float) Math.cos(position);
            table[2 * position + 1] = (float) Math.sin(position);
        }
        return table;
    }

    /** Interpreted and compiled vector code must round alike, or an answer would depend on how warm the server is. */
    @Test
    void theFirstCallGivesTheBitsOfTheThousandth() {
        try (TensorOps ops = new VectorOps(DType.FLOAT32, 2)) {
            DeviceBuffer gateUp = ops.upload(vector("x", DType.FLOAT32, random(random, 2 * 500, 5)));
            DeviceBuffer weight = ops.upload(vector("w", DType.FLOAT32, random(random, 500, 1)));
            DeviceBuffer out = ops.allocate("out", DType.FLOAT32, 500);
            for (Activation activation : Activation.values()) {
                ops.gatedActivation(gateUp, activation, 1, 500, out);
                ops.rmsNorm(out, weight, 1e-6f, 1, 500, out);
                float[] first = read(ops, out);
                for (int i = 0; i < 2_000; i++) {
                    ops.gatedActivation(gateUp, activation, 1, 500, out);
                    ops.rmsNorm(out, weight, 1e-6f, 1, 500, out);
                }
                assertThat(read(ops, out)).as("%s", activation).isEqualTo(first);
            }
        }
    }

    private static float[] read(TensorOps ops, DeviceBuffer buffer) {
        float[] values = new float[(int) buffer.elements()];
        ops.read(buffer, 0, values, values.length);
        return values;
    }
}
