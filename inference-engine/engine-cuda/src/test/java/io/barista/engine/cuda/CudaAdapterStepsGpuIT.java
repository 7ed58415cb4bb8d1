package io.barista.engine.cuda;

import static io.barista.engine.testkit.TestTensors.matrix;
import static io.barista.engine.testkit.TestTensors.random;
import static io.barista.engine.testkit.TestTensors.vector;
import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AdapterMatrix;
import io.barista.engine.backend.AdapterShape;
import io.barista.engine.backend.AdapterUpdate;
import io.barista.engine.backend.Backend;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.Linear;
import io.barista.engine.backend.LowRank;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.backend.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A recorded step's launches on two streams, each of which begins while those ahead drain, give the bits of launches one by one. */
@Tag("gpu")
class CudaAdapterStepsGpuIT {

    private static final int LAYERS = 8;
    private static final int HIDDEN = 512;
    private static final int INNER = 1_536;
    private static final int MOST_ROWS = 256;
    private static final int[] RANKS = {5, 40, 16, 64};

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void recordedStepsGiveTheBitsOfEagerOnes(DType dtype) {
        List<float[]> recorded = steps(dtype, false);
        List<float[]> eager = steps(dtype, true);

        for (int i = 0; i < recorded.size(); i++) {
            assertThat(recorded.get(i)).as("step %d", i).isEqualTo(eager.get(i));
        }
    }

    /** Of each size one step that is not recorded, one that is, and replays with other rows and adapters. */
    private static List<float[]> steps(DType dtype, boolean eager) {
        List<float[]> results = new ArrayList<>();
        try (TensorOps ops = new CudaBackend().open(new Backend.Options(0, dtype, dtype, 0.92, eager))) {
            Layers layers = new Layers(ops);
            Random random = new Random(3);
            for (int rows : new int[]{1, 4, 8, 64, 200}) {
                for (int step = 0; step < 6; step++) {
                    int[] slots = IntStream.range(0, rows).map(_ -> random.nextInt(RANKS.length + 1) - 1).toArray();
                    slots[random.nextInt(rows)] = step % RANKS.length;
                    results.add(layers.run(slots, random(random, rows * HIDDEN, 1)));
                }
            }
        }
        return results;
    }

    /** Gate, up and down with their adapters, over and over. */
    private static final class Layers {

        private final TensorOps ops;
        private final Random random = new Random(7);
        private final StepInputs inputs = new StepInputs(MOST_ROWS, MOST_ROWS, 1);
        private final List<Linear> gateUps = new ArrayList<>();
        private final List<Linear> downs = new ArrayList<>();
        private final DeviceBuffer norm;
        private final DeviceBuffer sum;
        private final DeviceBuffer normalised;
        private final DeviceBuffer gateUp;
        private final DeviceBuffer inner;
        private final DeviceBuffer branch;

        Layers(TensorOps ops) {
            this.ops = ops;
            for (int layer = 0; layer < LAYERS; layer++) {
                gateUps.add(linear(HIDDEN, List.of(INNER, INNER)));
                downs.add(linear(INNER, List.of(HIDDEN)));
            }
            this.norm = ops.upload(vector("norm", DType.FLOAT32, random(random, HIDDEN, 1)));
            this.sum = rows(HIDDEN);
            this.normalised = rows(HIDDEN);
            this.gateUp = rows(2 * INNER);
            this.inner = rows(INNER);
            this.branch = rows(HIDDEN);
        }

        private DeviceBuffer rows(int columns) {
            return ops.allocate("rows", ops.activationType(), (long) MOST_ROWS * columns);
        }

        private Linear linear(int columns, List<Integer> outputs) {
            AdapterShape shape = new AdapterShape("w", columns, outputs, RANKS.length, 64);
            AdapterMatrix adapters = ops.allocateAdapters(shape);
            for (int slot = 0; slot < RANKS.length; slot++) {
                List<LowRank> parts = new ArrayList<>();
                for (int part = 0; part < shape.parts(); part++) {
                    if (slot != 2 || part == 0) { // one leaves a part alone
                        parts.add(part(part, RANKS[slot], columns, outputs.get(part)));
                    }
                }
                ops.writeAdapter(slot, List.of(new AdapterUpdate(adapters, parts)));
            }
            return new Linear(ops.pack("w", List.of(new Weight.Dense(matrix("w", DType.FLOAT32, shape.width(), columns,
                    random(random, shape.width() * columns, 0.05f))))), null, adapters);
        }

        private LowRank part(int part, int rank, int columns, int outputs) {
            return new LowRank(part, 1.5f,
                    matrix("a", DType.BFLOAT16, rank, columns, random(random, rank * columns, 0.05f)),
                    matrix("b", DType.BFLOAT16, outputs, rank, random(random, outputs * rank, 0.05f)));
        }

        float[] run(int[] slots, float[] values) {
            inputs.clear();
            inputs.padTo(slots.length);
            System.arraycopy(slots, 0, inputs.adapterSlots, 0, slots.length);
            inputs.adapterTokens = (int) IntStream.of(slots).filter(slot -> slot >= 0).count();
            ops.write(sum, 0, values, values.length);
            ops.step(inputs, this::launch);
            float[] result = new float[values.length];
            ops.read(sum, 0, result, result.length);
            return result;
        }

        private void launch() {
            for (int layer = 0; layer < LAYERS; layer++) {
                ops.normMatmulGated(sum, norm, 1e-5f, gateUps.get(layer), Activation.SILU, inputs.tokens, INNER,
                        normalised, gateUp, inner);
                ops.matmulAdd(downs.get(layer), inner, inputs.tokens, branch, sum);
            }
        }
    }
}
