package io.barista.engine.cuda;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.HeadsInCache;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code quantized_gemv.cu}: a few rows times quantised weights at the speed at which the codes can be decoded, with what stands before
 * and after the product in the same launch. Addresses of what is left out are 0.
 */
final class QuantizedGemv {

    private static final int MOST_ROWS = 8;
    private static final int WARPS_AND_STAGES = 16 * 3;
    private static final int PARTIALS = 17_408;
    /** Two blocks must not share a multiprocessor, where there is so much. */
    private static final int LEAST_SHARED = 120 << 10;

    private static final int TO_ELEMENTS = 0;
    private static final int TO_FLOATS = 1;
    private static final int TO_GATED = 2;
    /** What the kernel takes for the cache's scale where it holds elements, and where it holds e4m3. */
    private static final float OF_ELEMENTS = 0;
    private static final float OF_FP8 = 1;

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
        int rowBytes = w.outputs() * (floatOut ? Float.BYTES : element.bytes());
        launch(w, bias, x, rows, 0, out, rowBytes, floatOut ? TO_FLOATS : TO_ELEMENTS, 0, null, 0);
    }

    void add(PackedWeights w, @Nullable CudaVector bias, long x, int rows, long sum) {
        launch(w, bias, x, rows, sum, sum, w.outputs() * element.bytes(), TO_ELEMENTS, 0, null, 0);
    }

    void multiplyGated(PackedWeights w, @Nullable CudaVector bias, Activation activation, long x, int rows, long out) {
        launch(w, bias, x, rows, 0, out, w.outputs() / 2 * element.bytes(), TO_GATED, RowKernels.code(activation),
                null, 0);
    }

    void normMultiply(PackedWeights w, @Nullable CudaVector bias, long x, CudaVector norm, float eps, int rows,
            long out, boolean floatOut) {
        int rowBytes = w.outputs() * (floatOut ? Float.BYTES : element.bytes());
        launch(w, bias, x, rows, 0, out, rowBytes, floatOut ? TO_FLOATS : TO_ELEMENTS, 0, norm, eps);
    }

    void normMultiplyGated(PackedWeights w, @Nullable CudaVector bias, long x, CudaVector norm, float eps,
            Activation activation, int rows, long out) {
        launch(w, bias, x, rows, 0, out, w.outputs() / 2 * element.bytes(), TO_GATED, RowKernels.code(activation),
                norm, eps);
    }

    /** @param addend 0 is none, else rows as long as those of {@code out} */
    private void launch(PackedWeights w, @Nullable CudaVector bias, long x, int rows, long addend, long out,
            int outRowBytes, int mode, int activation, @Nullable CudaVector norm, float eps) {
        int most = rowsPerLaunch(w, mostShared);
        for (int first = 0; first < rows; first += most) {
            int count = Math.min(most, rows - first);
            long offset = (long) first * outRowBytes;
            kernel.sharedMemory(sharedBytes(w, count, mostShared));
            weights(kernel, w, bias).pointer(x + (long) first * w.inputs() * element.bytes())
                    .pointer(addend == 0 ? 0 : addend + offset).pointer(out + offset).integer(count)
                    .integer(w.outputs()).integer(w.inputs()).integer(mode).integer(activation)
                    .pointer(norm == null ? 0 : norm.address()).real(eps).launch(blocks, 1, 1);
        }
    }

    /** Queries to {@code out}, keys and values to the cache. For rows of one launch. */
    void normMultiplyToCache(PackedWeights w, @Nullable CudaVector bias, long x, CudaVector norm, float eps, int rows,
            long out, HeadsInCache heads, StepMemory step) {
        AttentionSpec attention = heads.attention();
        CudaKvCache cache = (CudaKvCache) heads.cache();
        float scale = cache.fp8() ? OF_FP8 : OF_ELEMENTS;
        toCache.sharedMemory(sharedBytes(w, rows, mostShared));
        weights(toCache, w, bias).pointer(x).pointer(out).integer(rows).integer(w.inputs()).pointer(norm.address())
                .real(eps).pointer(step.ropeRows()).pointer(step.slots())
                .pointer(((CudaRopeTable) heads.rope()).address()).pointer(cache.layer(heads.layer()))
                .integer(attention.heads()).integer(attention.kvHeads()).integer(attention.headDim())
                .integer(cache.shape().blockTokens()).real(scale).real(scale).launch(blocks, 1, 1);
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
