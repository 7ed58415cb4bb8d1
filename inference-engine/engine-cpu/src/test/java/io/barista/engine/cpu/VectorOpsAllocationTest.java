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
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
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

    private enum Weights {
        BFLOAT16, FLOAT16, FLOAT32, INT8, INT4, FP8, INT8_BY_ONEDNN
    }

    @ParameterizedTest
    @CsvSource({"BFLOAT16, 1, 1", "BFLOAT16, 8, 1", "FLOAT16, 1, 50", "FLOAT32, 3, 9", "INT8, 1, 1", "INT8, 3, 9",
        "INT4, 1, 1", "FP8, 1, 1", "INT8_BY_ONEDNN, 1, 1", "INT8_BY_ONEDNN, 3, 9"})
    void aStepAllocatesNothingOnceCompiled(Weights kind, int sequences, int tokensEach) {
        try (TensorOps ops = open(kind)) {
            Runnable step = step(ops, kind, sequences, tokensEach);
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

    private Runnable step(TensorOps ops, Weights kind, int sequences, int tokensEach) {
        int tokens = sequences * tokensEach;
        Matrix qkv = weights(ops, kind, ATTENTION.qkvWidth(), HIDDEN);
        Matrix output = weights(ops, kind, HIDDEN, ATTENTION.queryWidth());
        Matrix gateUp = weights(ops, kind, 2 * INNER, HIDDEN);
        Matrix down = weights(ops, kind, HIDDEN, INNER);
        Matrix head = weights(ops, kind, VOCABULARY, HIDDEN);
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

    private static TensorOps open(Weights kind) {
        if (kind == Weights.INT8_BY_ONEDNN) {
            return OneDnnTest.open(false, true);
        }
        return new VectorOps(DType.FLOAT32, 2, _ -> {}, () -> {
            throw new UnsatisfiedLinkError("our own kernels are meant");
        });
    }

    private Matrix weights(TensorOps ops, Weights kind, int outputs, int inputs) {
        return ops.pack("w", List.of(switch (kind) {
            case BFLOAT16 -> dense(DType.BFLOAT16, outputs, inputs);
            case FLOAT16 -> dense(DType.FLOAT16, outputs, inputs);
            case FLOAT32 -> dense(DType.FLOAT32, outputs, inputs);
            case INT8, INT8_BY_ONEDNN -> new Weight.Int8("w", outputs, inputs, inputs, bytes(outputs * inputs),
                    scales(outputs), true);
            case INT4 -> new Weight.Int4("w", outputs, inputs, inputs, bytes(outputs * inputs / 2), scales(outputs),
                    zeros(outputs), null);
            case FP8 -> new Weight.Fp8("w", outputs, inputs, inputs, zeros(outputs * inputs),
                    scales(outputs), false);
        }));
    }

    private Weight dense(DType dtype, int outputs, int inputs) {
        return new Weight.Dense(matrix("w", dtype, outputs, inputs, random(random, outputs * inputs, 0.05f)));
    }

    private MemorySegment bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return Arena.ofAuto().allocateFrom(ValueLayout.JAVA_BYTE, bytes);
    }

    private static MemorySegment zeros(int count) {
        return Arena.ofAuto().allocate(count);
    }

    private static MemorySegment scales(int outputs) {
        float[] scales = new float[outputs];
        Arrays.fill(scales, 0.001f);
        return Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, scales);
    }

    private static DeviceBuffer buffer(TensorOps ops, int elements) {
        return ops.allocate("buffer", DType.FLOAT32, elements);
    }
}
