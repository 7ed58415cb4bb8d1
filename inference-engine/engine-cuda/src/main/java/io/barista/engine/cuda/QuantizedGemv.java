package io.barista.engine.cuda;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.HeadsInCache;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code quantized_gemv.cu}: a few rows times quantised weights at the speed at which the codes can be decoded, with what stands before
 * and after the product in the same launch. Addresses of what is left out are 0.
 */
final class QuantizedGemv implements NormProducts<QuantizedMatrix> {

    private static final int MOST_ROWS = 8;
    private static final int WARPS_AND_STAGES = 16 * 3;
    private static final int PARTIALS = 17_408;
    /** Two blocks must not share a multiprocessor, where there is so much. */
    private static final int LEAST_SHARED = 120 << 10;

    private final Kernel kernel;
    private final Kernel toCache;
    private final Element element;
    private final int mostShared;
    private final int blocks;

    /** @param span of the matrices: {@link PackedWeights#span} */
    QuantizedGemv(KernelLoader loader, WeightKind kind, int span, Element element, int multiprocessors) {
        Map<String, Integer> macros = Map.of("WEIGHT", kind.macro(), "SPANS", spans(kind, span));
        this.kernel = loader.load("quantized_gemv", "quantized_gemv", 512, macros);
        this.toCache = loader.load("quantized_gemv", "quantized_gemv_qkv", 512, macros);
        this.element = element;
        this.mostShared = loader.device().dynamicSharedBytes();
        this.blocks = multiprocessors;
    }

    void multiply(PackedWeights w, @Nullable CudaVector bias, long x, int rows, long out, boolean floatOut) {
        launch(w, bias, x, rows, 0, out, ProductOutput.of(floatOut), 0, null, 0);
    }

    void add(PackedWeights w, @Nullable CudaVector bias, long x, int rows, long sum) {
        launch(w, bias, x, rows, sum, sum, ProductOutput.ELEMENTS, 0, null, 0);
    }

    void multiplyGated(PackedWeights w, @Nullable CudaVector bias, Activation activation, long x, int rows, long out) {
        launch(w, bias, x, rows, 0, out, ProductOutput.GATED, RowKernels.code(activation),
                null, 0);
    }

    @Override
    public void normMultiply(QuantizedMatrix w, @Nullable CudaVector bias, long x, CudaVector norm, float eps, int rows,
            long out, boolean floatOut) {
        launch(w.packed(), bias, x, rows, 0, out, ProductOutput.of(floatOut), 0, norm, eps);
    }

    @Override
    public void normMultiplyGated(QuantizedMatrix w, @Nullable CudaVector bias, long x, CudaVector norm, float eps,
            Activation activation, int rows, long out) {
        launch(w.packed(), bias, x, rows, 0, out, ProductOutput.GATED, RowKernels.code(activation),
                norm, eps);
    }

    /** @param addend 0 is none, else rows as long as those of {@code out} */
    private void launch(PackedWeights w, @Nullable CudaVector bias, long x, int rows, long addend, long out,
            ProductOutput output, int activation, @Nullable CudaVector norm, float eps) {
        int most = rowsPerLaunch(w, mostShared);
        for (int first = 0; first < rows; first += most) {
            int count = Math.min(most, rows - first);
            long offset = first * output.rowBytes(w.outputs(), element);
            kernel.sharedMemory(sharedBytes(w, count, mostShared));
            weights(kernel, w, bias).pointer(x + (long) first * w.inputs() * element.bytes())
                    .pointer(addend == 0 ? 0 : addend + offset).pointer(out + offset).integer(count)
                    .integer(w.outputs()).integer(w.inputs()).integer(output.mode()).integer(activation)
                    .pointer(norm == null ? 0 : norm.address()).real(eps).launch(blocks, 1, 1);
        }
    }

    @Override
    public void normMultiplyToCache(QuantizedMatrix w, @Nullable CudaVector bias, long x, CudaVector norm, float eps,
            int rows,
            long out, HeadsInCache heads, StepMemory step) {
        toCache.sharedMemory(sharedBytes(w.packed(), rows, mostShared));
        weights(toCache, w.packed(), bias).pointer(x).pointer(out).integer(rows).integer(w.inputs())
                .pointer(norm.address()).real(eps);
        WholeHeads.give(toCache, heads, step).launch(blocks, 1, 1);
    }

    private static Kernel weights(Kernel kernel, PackedWeights w, @Nullable CudaVector bias) {
        return kernel.pointer(w.weights()).pointer(w.scales()).pointer(w.zeros()).pointer(w.order())
                .integer(w.groupSize()).pointer(bias == null ? 0 : bias.address());
    }

    /** Rows lie in shared memory, where there must be room for them; 0 when there is not for one. */
    static int rowsPerLaunch(PackedWeights w, int mostShared) {
        return Math.clamp((mostShared - ringBytes(w)) / rowBytes(w), 0, MOST_ROWS);
    }

    /** As the kernel's head says. */
    static int sharedBytes(PackedWeights w, int rows, int mostShared) {
        return Math.max(ringBytes(w) + rows * rowBytes(w), Math.min(LEAST_SHARED, mostShared));
    }

    private static int ringBytes(PackedWeights w) {
        int spans = spans(w.kind(), w.span());
        return WARPS_AND_STAGES * (w.kind() == WeightKind.INT4 ? 2_304 + 128 * spans : 2_560 + 64 * spans) + PARTIALS;
    }

    private static int rowBytes(PackedWeights w) {
        int unit = unit(w.kind());
        return (Math.ceilDiv(w.inputs(), unit) * unit + 32) * 2;
    }

    private static int spans(WeightKind kind, int span) {
        return Math.max(1, unit(kind) / span);
    }

    /** Inputs that a warp multiplies at a time. */
    private static int unit(WeightKind kind) {
        return kind == WeightKind.INT4 ? 256 : 128;
    }
}
