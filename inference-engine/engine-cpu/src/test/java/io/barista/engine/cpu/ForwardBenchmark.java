package io.barista.engine.cpu;

import static io.barista.engine.testkit.TestTensors.matrix;
import static io.barista.engine.testkit.TestTensors.random;
import static io.barista.engine.testkit.TestTensors.vector;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.Backend;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.Matrix;
import io.barista.engine.backend.RopeTable;
import io.barista.engine.backend.StepInputs;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.backend.Weight;
import io.barista.engine.testkit.TestStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;

/**
 * Not a test: forward passes of the shape of Qwen2.5-0.5B with random weights, and each of its products alone. Arguments: threads
 * (0: all processors), type of the weights. Medians of 5.
 */
final class ForwardBenchmark {

    private static final int HIDDEN = 896;
    private static final int INNER = 4864;
    private static final int VOCABULARY = 151_936;
    private static final int LAYERS = 24;
    private static final AttentionSpec ATTENTION = new AttentionSpec(14, 2, 64, 0.125f, 0, 0);
    private static final int PROMPT = 512;
    private static final int BLOCKS_EACH = 64;

    private final TensorOps ops;
    private final DType dtype;
    private final Random random = new Random(1);

    private ForwardBenchmark(TensorOps ops, DType dtype) {
        this.ops = ops;
        this.dtype = dtype;
    }

    private record Layer(Matrix qkv, Matrix output, Matrix gateUp, Matrix down) {}

    public static void main(String[] args) {
        int threads = args.length > 0 ? Integer.parseInt(args[0]) : 0;
        DType dtype = args.length > 1 ? DType.valueOf(args[1]) : DType.BFLOAT16;
        try (TensorOps ops = new CpuBackend().open(new Backend.Options(threads, DType.FLOAT32))) {
            new ForwardBenchmark(ops, dtype).run();
        }
    }

    private void run() {
        long start = System.nanoTime();
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < LAYERS; i++) {
            layers.add(new Layer(weights(ATTENTION.qkvWidth(), HIDDEN), weights(HIDDEN, ATTENTION.queryWidth()),
                    weights(2 * INNER, HIDDEN), weights(HIDDEN, INNER)));
        }
        Matrix head = weights(VOCABULARY, HIDDEN);
        System.out.printf("random weights made and packed in %.1f s%n", (System.nanoTime() - start) / 1e9);

        System.out.println("products alone      1 row GB/s    8 rows GB/s   512 rows GFLOP/s");
        for (Matrix w : List.of(layers.getFirst().qkv, layers.getFirst().output, layers.getFirst().gateUp,
                layers.getFirst().down, head)) {
            product(layers, w, head);
        }
        forward(layers, head);
    }

    private Matrix weights(int outputs, int inputs) {
        float[] piece = random(random, 1 << 16, 0.02f);
        float[] values = new float[outputs * inputs];
        for (int i = 0; i < values.length; i += piece.length) {
            System.arraycopy(piece, 0, values, i, Math.min(piece.length, values.length - i));
        }
        HostTensor tensor = matrix("w", dtype, outputs, inputs, values);
        long start = System.nanoTime();
        Matrix packed = ops.pack("w", List.of(new Weight.Dense(tensor)));
        if (outputs == VOCABULARY) {
            System.out.printf("packing at %.2f GB/s%n", bytes(packed) / (double) (System.nanoTime() - start));
        }
        return packed;
    }

    private long bytes(Matrix w) {
        return (long) w.outputs() * w.inputs() * dtype.bytes();
    }

    /** Layers in turn where a matrix is one of them, so that it comes from memory and not from a cache. */
    private void product(List<Layer> layers, Matrix shape, Matrix head) {
        List<Matrix> turn = shape == head
                ? List.of(head)
                : layers.stream().map(layer -> like(layer, shape, layers.getFirst())).toList();
        double[] result = new double[3];
        int[] rowCounts = {1, 8, PROMPT};
        for (int i = 0; i < 3; i++) {
            int rows = shape == head && rowCounts[i] == PROMPT ? 64 : rowCounts[i];
            DeviceBuffer x = buffer(random(random, rows * shape.inputs(), 1));
            DeviceBuffer out = ops.allocate("out", DType.FLOAT32, (long) rows * shape.outputs());
            double seconds = median(n -> ops.matmul(turn.get(n % turn.size()), null, x, rows, out),
                    Math.max(1, (int) (1_000_000_000L / rows / bytes(shape))));
            result[i] = rows > 8
                    ? 2e-9 * rows * shape.inputs() * shape.outputs() / seconds
                    : bytes(shape) / seconds / 1e9;
        }
        System.out.printf("%7d x %5d %14.1f %14.1f %18.1f%n", shape.outputs(), shape.inputs(), result[0], result[1],
                result[2]);
    }

    private static Matrix like(Layer layer, Matrix shape, Layer first) {
        return shape == first.qkv
                ? layer.qkv
                : shape == first.output ? layer.output : shape == first.gateUp ? layer.gateUp : layer.down;
    }

    private void forward(List<Layer> layers, Matrix head) {
        DeviceBuffer norm = buffer(random(random, HIDDEN, 1));
        DeviceBuffer bias = buffer(random(random, ATTENTION.qkvWidth(), 1));
        DeviceBuffer residual = zeros(PROMPT * HIDDEN);
        DeviceBuffer hidden = zeros(PROMPT * HIDDEN);
        DeviceBuffer branch = zeros(PROMPT * HIDDEN);
        DeviceBuffer qkv = zeros(PROMPT * ATTENTION.qkvWidth());
        DeviceBuffer attended = zeros(PROMPT * ATTENTION.queryWidth());
        DeviceBuffer gateUp = zeros(PROMPT * 2 * INNER);
        DeviceBuffer inner = zeros(PROMPT * INNER);
        DeviceBuffer last = zeros(8 * HIDDEN);
        DeviceBuffer logits = zeros(8 * VOCABULARY);
        KvCache cache = ops.allocateKvCache(new KvCache.Shape(LAYERS, 8 * BLOCKS_EACH, 16, 2, 64));
        RopeTable rope = ops.uploadRope(new float[1024 * 64], 1024, 64);

        TestStep steps = TestStep.of(random, 8, BLOCKS_EACH, 16);
        StepInputs prompt = steps.compute(0, 0, new int[PROMPT]).next();
        StepInputs one = steps.compute(0, PROMPT, 7).next();
        for (int s = 0; s < 8; s++) {
            steps.compute(s, PROMPT, 7);
        }
        StepInputs eight = steps.next();
        for (StepInputs inputs : List.of(one, eight, prompt)) {
            IntConsumer step = _ -> {
                int tokens = inputs.tokens;
                ops.begin(inputs);
                ops.embed(head, 1, residual);
                ops.rmsNorm(residual, norm, 1e-6f, tokens, HIDDEN, hidden);
                for (int i = 0; i < layers.size(); i++) {
                    Layer layer = layers.get(i);
                    ops.matmul(layer.qkv, bias, hidden, tokens, qkv);
                    ops.ropeAndCache(qkv, ATTENTION, rope, null, null, 0, cache, i);
                    ops.pagedAttention(qkv, ATTENTION, cache, i, attended);
                    ops.matmul(layer.output, null, attended, tokens, branch);
                    ops.addGated(branch, null, tokens, HIDDEN, residual);
                    ops.rmsNorm(residual, norm, 1e-6f, tokens, HIDDEN, hidden);
                    ops.matmul(layer.gateUp, null, hidden, tokens, gateUp);
                    ops.gatedActivation(gateUp, Activation.SILU, tokens, INNER, inner);
                    ops.matmul(layer.down, null, inner, tokens, branch);
                    ops.addGated(branch, null, tokens, HIDDEN, residual);
                    ops.rmsNorm(residual, norm, 1e-6f, tokens, HIDDEN, hidden);
                }
                ops.gatherLogitRows(hidden, HIDDEN, last);
                ops.matmul(head, null, last, inputs.logitRows, logits);
            };
            double seconds = median(step, inputs.tokens > 8 ? 1 : 5);
            System.out.printf("%4d tokens of %d sequences: %7.1f ms, %7.1f tokens/s%n", inputs.tokens, inputs.sequences,
                    seconds * 1e3, inputs.tokens / seconds);
        }
    }

    private DeviceBuffer buffer(float[] values) {
        return ops.upload(vector("values", DType.FLOAT32, values));
    }

    private DeviceBuffer zeros(int elements) {
        return ops.allocate("zeros", DType.FLOAT32, elements);
    }

    /** Seconds of one call: the median of 5 runs of some calls, after half a second of warming up. */
    private static double median(IntConsumer work, int calls) {
        long warm = System.nanoTime();
        while (System.nanoTime() - warm < 500_000_000L) {
            work.accept(0);
        }
        double[] seconds = new double[5];
        int n = 0;
        for (int i = 0; i < seconds.length; i++) {
            long start = System.nanoTime();
            for (int call = 0; call < calls; call++) {
                work.accept(n++);
            }
            seconds[i] = (System.nanoTime() - start) / 1e9 / calls;
        }
        Arrays.sort(seconds);
        return seconds[seconds.length / 2];
    }
}
