package io.barista.engine.cuda;

import io.barista.engine.backend.Activation;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Multiplies by quantised weights: few rows by our own kernel, which reads the codes once at full bandwidth and computes with them
 * exactly; many by cuBLASLt, once the weights were written out as elements.
 */
final class QuantizedMatmul {

    private final KernelLoader loader;
    private final Element element;
    private final Matmul dense;
    private final ScratchMemory scratch;
    private final int multiprocessors;
    private final Map<WeightKind, Kernels> kernels = new EnumMap<>(WeightKind.class);

    private record Kernels(@Nullable QuantizedGemv gemv, Kernel dequantize, Kernel embed) {}

    QuantizedMatmul(KernelLoader loader, Element element, Matmul dense, ScratchMemory scratch, int multiprocessors) {
        this.loader = loader;
        this.element = element;
        this.dense = dense;
        this.scratch = scratch;
        this.multiprocessors = multiprocessors;
    }

    /** To be called for every matrix before the first product: compiles what it needs and notes how much memory. */
    void prepare(QuantizedMatrix w) {
        kernels.computeIfAbsent(w.packed().kind(), this::load);
        scratch.require((long) w.outputs() * w.inputs() * element.bytes());
    }

    private Kernels load(WeightKind kind) {
        Map<String, Integer> macros = Map.of("WEIGHT", kind.macro());
        return new Kernels(
                element == Element.FLOAT32 ? null : new QuantizedGemv(loader, kind, element, multiprocessors),
                loader.load("dequantize", "dequantize", 128, macros),
                loader.load("embed_quantized", "embed_quantized", 128, macros));
    }

    /** Whether our own kernel is the fastest way for so many rows. */
    boolean takes(QuantizedMatrix w, int rows) {
        QuantizedGemv gemv = kernelsFor(w.packed().kind()).gemv();
        return gemv != null && gemv.takes(w.packed(), rows);
    }

    /** @param floatOut whether the output is float32, without a bias */
    void multiply(QuantizedMatrix w, @Nullable CudaVector bias, long x, int rows, long out, boolean floatOut) {
        Kernels own = kernelsFor(w.packed().kind());
        if (own.gemv() != null && own.gemv().takes(w.packed(), rows)) {
            own.gemv().multiply(w.packed(), bias, x, rows, out, floatOut);
        } else if (rows > 0) {
            dense.multiplyMany(w.shape(), writtenOut(own, w.packed()), bias, x, rows, out, floatOut);
        }
    }

    /** sum += x·Wᵀ + b, rounded once. */
    void add(QuantizedMatrix w, @Nullable CudaVector bias, long x, int rows, long sum) {
        Kernels own = kernelsFor(w.packed().kind());
        if (own.gemv() != null && own.gemv().takes(w.packed(), rows)) {
            own.gemv().add(w.packed(), bias, x, rows, sum);
        } else if (rows > 0) {
            dense.addMany(w.shape(), writtenOut(own, w.packed()), bias, x, rows, sum);
        }
    }

    /** Of a gate above an up projection: out: [rows, outputs / 2] = act(gate) · up. For rows that it {@link #takes}. */
    void multiplyGated(QuantizedMatrix w, @Nullable CudaVector bias, Activation activation, long x, int rows,
            long out) {
        QuantizedGemv gemv = kernelsFor(w.packed().kind()).gemv();
        if (gemv == null) {
            throw new IllegalArgumentException(w.name() + " is not multiplied by our own kernel");
        }
        gemv.multiplyGated(w.packed(), bias, activation, x, rows, out);
    }

    /** Returns where the weights are elements until the next product. */
    private long writtenOut(Kernels own, PackedWeights w) {
        long elements = scratch.address();
        dequantize(own, w, elements);
        return elements;
    }

    private static void dequantize(Kernels own, PackedWeights w, long out) {
        own.dequantize().pointer(w.weights()).pointer(w.scales()).pointer(w.zeros()).pointer(w.order())
                .integer(w.groupSize()).integer(w.outputs()).integer(w.inputs()).pointer(out)
                .launch(w.outputs(), Math.ceilDiv(Math.ceilDiv(w.inputs(), 8), 128), 1);
    }

    /** out: [tokens, inputs] = rows of the table, times {@code scale}. */
    void embed(StepMemory step, QuantizedMatrix table, float scale, int tokens, long out) {
        PackedWeights w = table.packed();
        kernelsFor(w.kind()).embed().pointer(step.tokenIds()).pointer(step.drawn()).pointer(w.weights())
                .pointer(w.scales()).pointer(w.zeros())
                .pointer(w.order()).integer(w.groupSize()).real(scale).integer(w.inputs()).pointer(out)
                .launch(tokens, 1, 1);
    }

    private Kernels kernelsFor(WeightKind kind) {
        Kernels own = kernels.get(kind);
        if (own == null) {
            throw new IllegalStateException("no kernels were prepared for weights of kind " + kind);
        }
        return own;
    }
}
