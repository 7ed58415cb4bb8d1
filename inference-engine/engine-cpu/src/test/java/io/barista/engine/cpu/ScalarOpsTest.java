package io.barista.engine.cpu;

import static io.barista.engine.testkit.TestTensors.matrix;
import static io.barista.engine.testkit.TestTensors.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.Matrix;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.backend.Weight;
import io.barista.engine.testkit.TestStep;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The oracle against numbers worked out by hand; everything else is compared with the oracle. */
class ScalarOpsTest {

    private final TensorOps ops = new ScalarOps(DType.FLOAT32);

    @AfterEach
    void close() {
        ops.close();
    }

    @Test
    void multipliesByTheTransposedStackOfItsPartsAndAddsTheBias() {
        Matrix w = ops.pack("w", List.of(new Weight.Dense(matrix("a", DType.BFLOAT16, 1, 3, 1, 2, 3)),
                new Weight.Dense(matrix("b", DType.BFLOAT16, 2, 3, 0, 1, 0, -1, 0, 0.5f))));
        DeviceBuffer out = buffer(new float[6]);

        ops.matmul(w, buffer(10, 20, 30), buffer(1, 1, 1, 2, 0, 4), 2, out);

        assertThat(w.outputs()).isEqualTo(3);
        assertThat(read(out)).containsExactly(16, 21, 29.5f, 24, 20, 30);
    }

    @Test
    void normalisesByTheRootMeanSquare() {
        DeviceBuffer out = buffer(0, 0);

        ops.rmsNorm(buffer(3, 4), buffer(1, 10), 0, 1, 2, out);

        float mean = (float) Math.sqrt(12.5);
        assertThat(read(out)).containsExactly(new float[]{3 / mean, 40 / mean}, within(1e-6f));
    }

    @Test
    void takesTheGateFromTheFirstHalfOfARow() {
        DeviceBuffer out = buffer(0, 0);

        ops.gatedActivation(buffer(0, 1, 5, 2), Activation.SILU, 1, 2, out);
        assertThat(read(out)).containsExactly(new float[]{0, 2 * 0.7310586f}, within(1e-6f));

        ops.gatedActivation(buffer(-1, 1, 1, 1), Activation.GELU, 1, 2, out);
        assertThat(read(out)).containsExactly(new float[]{-0.15865525f, 0.8413447f}, within(1e-6f));

        ops.gatedActivation(buffer(-1, 1, 1, 1), Activation.GELU_TANH, 1, 2, out);
        assertThat(read(out)).containsExactly(new float[]{-0.158808f, 0.841192f}, within(1e-6f));
    }

    @Test
    void embedsTheStepsTokensAndGathersTheRowsThatWantLogits() {
        Matrix table = ops.pack("table", List.of(new Weight.Dense(matrix("t", DType.FLOAT16, 3, 2, 1, 2, 3, 4, 5, 6))));
        DeviceBuffer rows = buffer(new float[6]);
        DeviceBuffer last = buffer(new float[4]);

        ops.begin(TestStep.of(new Random(1), 2, 1, 4).compute(0, 0, 2, 0).compute(1, 3, 1).next());
        ops.embed(table, 2, rows);
        ops.gatherLogitRows(rows, 2, last);

        assertThat(read(rows)).containsExactly(10, 12, 2, 4, 6, 8);
        assertThat(read(last)).containsExactly(2, 4, 6, 8);
    }

    @Test
    void attendsToWhatEarlierStepsLeftInTheBlocksAndToNothingLater() {
        AttentionSpec attention = new AttentionSpec(1, 1, 2, 1, 0, 0);
        KvCache cache = ops.allocateKvCache(new KvCache.Shape(1, 4, 2, 1, 2));
        TestStep steps = TestStep.of(new Random(1), 1, 4, 2);
        float ln3 = (float) Math.log(3);

        // Keys 0 and ln 3 weigh 1 : 3 for the query (1, 0).
        run(attention, cache, steps.compute(0, 0, 0).next(), 9, 9, 0, 0, 1, 2);
        float[] second = run(attention, cache, steps.compute(0, 1, 0).next(), 1, 0, ln3, 5, 5, 10);
        assertThat(second).containsExactly(new float[]{4, 8}, within(1e-5f));

        // The first of two new queries must not see the second's enormous key.
        float[] third = run(attention, cache, steps.compute(0, 2, 0, 0).next(), 0, 0, 0, 0, 3, 6, 1, 0, 1000, 0, -7,
                -7);
        assertThat(third).containsExactly(new float[]{3, 6, -7, -7}, within(1e-5f));
    }

    @Test
    void rotatesPairsHalfAHeadApartByThePosition() {
        AttentionSpec attention = new AttentionSpec(1, 1, 4, 1, 0, 0);
        KvCache cache = ops.allocateKvCache(new KvCache.Shape(1, 1, 4, 1, 4));
        float[] cosSin = {1, 0, 0, 1}; // position 0 stays, position 1 turns by 90 degrees
        DeviceBuffer qkv = buffer(1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9);

        ops.begin(TestStep.of(new Random(1), 1, 1, 4).compute(0, 1, 0).next());
        ops.ropeAndCache(qkv, attention, ops.uploadRope(cosSin, 2, 2), null, null, 0, cache, 0);

        assertThat(read(qkv)).containsExactly(-2, 1, 3, 4, -6, 5, 7, 8, 9, 9, 9, 9);
    }

    @Test
    void refusesWhatDoesNotFitBeforeWritingAnything() {
        DeviceBuffer out = buffer(7, 7);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ops.rmsNorm(buffer(1, 1, 1), buffer(1, 1, 1), 0, 1, 3, out));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ops.gatedActivation(buffer(1, 1, 1), Activation.SILU, 1, 2, out));
        assertThat(read(out)).containsExactly(7, 7);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ops.pack("w", List.of(new Weight.Dense(matrix("w", DType.INT8, 1, 2, 1, 2)))))
                .withMessageContaining("INT8");
    }

    private float[] run(AttentionSpec attention, KvCache cache, StepInputs inputs, float... rows) {
        DeviceBuffer qkv = buffer(rows);
        DeviceBuffer out = buffer(new float[inputs.tokens * attention.queryWidth()]);
        float[] still = {1, 0, 1, 0, 1, 0, 1, 0};
        ops.begin(inputs);
        ops.ropeAndCache(qkv, attention, ops.uploadRope(still, 4, 2), null, null, 0, cache, 0);
        ops.pagedAttention(qkv, attention, cache, 0, out);
        return read(out);
    }

    private DeviceBuffer buffer(float... values) {
        return ops.upload(vector("buffer", DType.FLOAT32, values));
    }

    private float[] read(DeviceBuffer buffer) {
        float[] values = new float[(int) buffer.elements()];
        ops.read(buffer, 0, values, values.length);
        return values;
    }
}
