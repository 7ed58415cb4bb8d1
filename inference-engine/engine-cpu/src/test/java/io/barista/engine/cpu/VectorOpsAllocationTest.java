package io.barista.engine.cpu;

import static io.barista.engine.testkit.TestTensors.matrix;
import static io.barista.engine.testkit.TestTensors.random;
import static io.barista.engine.testkit.TestTensors.vector;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.Matrix;
import io.barista.engine.backend.RopeTable;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.backend.Weight;
import io.barista.engine.testkit.TestStep;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The step loop must not make garbage: once compiled, a whole step of operations allocates nothing on any thread. */
class VectorOpsAllocationTest {

    private static final int HIDDEN = 192;
    private static final int INNER = 320;
    private static final int VOCABULARY = 500;
    private static final AttentionSpec ATTENTION = new AttentionSpec(6, 2, 32, 0.2f, 0, 20);

    private final Random random = new Random(3);
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @CsvSource({"BFLOAT16, 1, 1", "BFLOAT16, 8, 1", "FLOAT16, 1, 50", "FLOAT32, 3, 9"})
    void aStepAllocatesNothingOnceCompiled(DType dtype, int sequences, int tokensEach) {
        try (TensorOps ops = new VectorOps(DType.FLOAT32, 2)) {
            Runnable step = step(ops, dtype, sequences, tokensEach);
            long[] workers = workerIds();
            // Vectors live on the heap until C2 has compiled the kernels, which takes a while; then not a byte may come.
            long patience = System.nanoTime() + 60_000_000_000L;
            long allocated;
            do {
                for (int i = 0; i < 200; i++) {
                    step.run();
                }
                long before = allocated(workers);
                for (int i = 0; i < 50; i++) {
                    step.run();
                }
                allocated = allocated(workers) - before;
            } while (allocated > 0 && System.nanoTime() < patience);
            assertThat(allocated).as("bytes allocated by 50 steps").isZero();
        }
    }

    private long allocated(long[] workers) {
        long bytes = threads.getCurrentThreadAllocatedBytes();
        for (long worker : workers) {
            bytes += threads.getThreadAllocatedBytes(worker);
        }
        return bytes;
    }

    private static long[] workerIds() {
        long[] ids = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("cpu-worker-")).mapToLong(Thread::threadId).toArray();
        assertThat(ids).isNotEmpty();
        return ids;
    }

    private Runnable step(TensorOps ops, DType dtype, int sequences, int tokensEach) {
        int tokens = sequences * tokensEach;
        Matrix qkv = weights(ops, dtype, ATTENTION.qkvWidth(), HIDDEN);
        Matrix output = weights(ops, dtype, HIDDEN, ATTENTION.queryWidth());
        Matrix gateUp = weights(ops, dtype, 2 * INNER, HIDDEN);
        Matrix down = weights(ops, dtype, HIDDEN, INNER);
        Matrix head = weights(ops, dtype, VOCABULARY, HIDDEN);
        DeviceBuffer norm = ops.upload(vector("norm", DType.FLOAT32, random(random, HIDDEN, 1)));
        DeviceBuffer headNorm = ops.upload(vector("norm", DType.FLOAT32, random(random, ATTENTION.headDim(), 1)));
        DeviceBuffer bias = ops.upload(vector("bias", DType.FLOAT32, random(random, ATTENTION.qkvWidth(), 1)));
        DeviceBuffer residual = buffer(ops, tokens * HIDDEN);
        DeviceBuffer hidden = buffer(ops, tokens * HIDDEN);
        DeviceBuffer branch = buffer(ops, tokens * HIDDEN);
        DeviceBuffer rows = buffer(ops, tokens * ATTENTION.qkvWidth());
        DeviceBuffer attended = buffer(ops, tokens * ATTENTION.queryWidth());
        DeviceBuffer gates = buffer(ops, tokens * 2 * INNER);
        DeviceBuffer inner = buffer(ops, tokens * INNER);
        DeviceBuffer last = buffer(ops, sequences * HIDDEN);
        DeviceBuffer logits = buffer(ops, sequences * VOCABULARY);
        float[] read = new float[VOCABULARY];
        KvCache cache = ops.allocateKvCache(new KvCache.Shape(1, sequences * 20, 16, 2, 32));
        RopeTable rope = ops.uploadRope(new float[320 * 32], 320, 32);
        TestStep steps = TestStep.of(random, sequences, 20, 16);
        for (int s = 0; s < sequences; s++) {
            steps.compute(s, 200, new int[tokensEach]);
        }
        StepInputs inputs = steps.next();
        return () -> {
            ops.begin(inputs);
            ops.embed(head, 1, residual);
            ops.rmsNorm(residual, norm, 1e-6f, tokens, HIDDEN, hidden);
            ops.matmul(qkv, bias, hidden, tokens, rows);
            ops.ropeAndCache(rows, ATTENTION, rope, headNorm, headNorm, 1e-6f, cache, 0);
            ops.pagedAttention(rows, ATTENTION, cache, 0, attended);
            ops.matmul(output, null, attended, tokens, branch);
            ops.addGated(branch, null, tokens, HIDDEN, residual);
            ops.rmsNorm(residual, norm, 1e-6f, tokens, HIDDEN, hidden);
            ops.matmul(gateUp, null, hidden, tokens, gates);
            for (Activation activation : ACTIVATIONS) {
                ops.gatedActivation(gates, activation, tokens, INNER, inner);
            }
            ops.matmul(down, null, inner, tokens, branch);
            ops.addGated(branch, null, tokens, HIDDEN, residual);
            ops.rmsNorm(residual, norm, 1e-6f, tokens, HIDDEN, hidden);
            ops.gatherLogitRows(hidden, HIDDEN, last);
            ops.matmul(head, null, last, inputs.logitRows, logits);
            ops.read(logits, 0, read, VOCABULARY);
        };
    }

    private static final Activation[] ACTIVATIONS = Activation.values();

    private Matrix weights(TensorOps ops, DType dtype, int outputs, int inputs) {
        return ops.pack("w",
                List.of(new Weight.Dense(
                        matrix("w", dtype, outputs, inputs, random(random, outputs * inputs, 0.05f)))));
    }

    private static DeviceBuffer buffer(TensorOps ops, int elements) {
        return ops.allocate("buffer", DType.FLOAT32, elements);
    }
}
