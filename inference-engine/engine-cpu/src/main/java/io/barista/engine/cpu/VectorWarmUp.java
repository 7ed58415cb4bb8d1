package io.barista.engine.cpu;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.Matrix;
import io.barista.engine.backend.RopeTable;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.Weight;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Has the kernels compiled while the model is loaded. Until C2 has compiled them, each vector is an object and a step takes
 * hundreds of times as long: without this, the first request would wait for seconds. Runs small steps of all operations on a
 * background thread, once per type of weights; nobody waits for it.
 */
final class VectorWarmUp {

    /** Enough calls of every kernel for the compiler's highest tier. */
    private static final int STEPS = 400;
    /** From here on the compiler is busy and more steps only take its processor. */
    private static final int STEPS_BEFORE_PAUSES = 30;
    private static final int PAUSE_MILLIS = 5;

    private static final int WIDTH = 128; // of everything
    private static final int ROWS = 20; // more than few, so that all paths of a product are taken
    private static final AttentionSpec ATTENTION = new AttentionSpec(4, 2, 16, 1, 0, 0);

    private final Set<DType> begun = ConcurrentHashMap.newKeySet();

    /** Returns at once. */
    void begin(DType weights) {
        if (begun.add(weights)) {
            Thread thread = new Thread(() -> run(weights), "cpu-warm-up");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void run(DType weights) {
        try (VectorOps ops = new VectorOps(DType.FLOAT32, 1)) {
            SmallModel model = new SmallModel(ops, weights);
            for (int step = 0; step < STEPS; step++) {
                model.step(1);
                model.step(PanelKernel.ROWS);
                model.step(ROWS);
                if (step > STEPS_BEFORE_PAUSES) {
                    Thread.sleep(PAUSE_MILLIS);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class SmallModel {

        private final VectorOps ops;
        private final Matrix square;
        private final Matrix qkvWeights;
        private final Matrix gateUpWeights;
        private final DeviceBuffer vector = buffer(1);
        private final DeviceBuffer residual = buffer(ROWS);
        private final DeviceBuffer hidden = buffer(ROWS);
        private final DeviceBuffer branch = buffer(ROWS);
        private final DeviceBuffer wide = buffer(2 * ROWS);
        private final RopeTable rope;
        private final KvCache cache;
        private final StepInputs inputs = new StepInputs(ROWS, 1, 16);

        SmallModel(VectorOps ops, DType weights) {
            this.ops = ops;
            square = weights(weights, WIDTH);
            qkvWeights = weights(weights, ATTENTION.qkvWidth());
            gateUpWeights = weights(weights, 2 * WIDTH);
            rope = ops.uploadRope(new float[256 * 16], 256, 16);
            cache = ops.allocateKvCache(new KvCache.Shape(1, 16, 16, 2, 16));
            for (int block = 0; block < 16; block++) {
                inputs.blockTables[block] = block;
            }
        }

        private static DeviceBuffer buffer(int rows) {
            return new CpuBuffer("warm-up", DType.FLOAT32, new float[rows * WIDTH]);
        }

        private Matrix weights(DType dtype, int outputs) {
            try (Arena arena = Arena.ofConfined()) {
                return ops.pack("warm-up",
                        List.of(new Weight.Dense(new HostTensor("warm-up", dtype,
                                List.of((long) outputs, (long) WIDTH),
                                arena.allocate((long) outputs * WIDTH * dtype.bytes())))));
            }
        }

        void step(int rows) {
            inputs.tokens = rows;
            inputs.sequences = 1;
            inputs.logitRows = 1;
            inputs.queryStarts[1] = rows;
            inputs.contextLengths[0] = 200;
            for (int t = 0; t < rows; t++) {
                inputs.positions[t] = 200 - rows + t;
                inputs.ropeRows[t] = inputs.positions[t];
                inputs.slots[t] = 200 - rows + t;
            }
            ops.begin(inputs);
            ops.embed(square, 1, residual);
            ops.rmsNorm(residual, vector, 1, rows, WIDTH, hidden);
            ops.matmul(qkvWeights, null, hidden, rows, wide);
            ops.ropeAndCache(wide, ATTENTION, rope, null, null, 1, cache, 0);
            ops.pagedAttention(wide, ATTENTION, cache, 0, hidden);
            ops.matmul(square, null, hidden, rows, branch);
            ops.addGated(branch, null, rows, WIDTH, residual);
            ops.matmul(gateUpWeights, null, hidden, rows, wide);
            ops.gatedActivation(wide, Activation.SILU, rows, WIDTH, branch);
            ops.gatherLogitRows(branch, WIDTH, hidden);
        }
    }
}
