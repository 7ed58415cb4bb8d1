package io.barista.engine.cuda;

import static io.barista.engine.cuda.CudaChecks.address;
import static io.barista.engine.cuda.CudaChecks.requireDifferent;
import static io.barista.engine.cuda.CudaChecks.requireFits;
import static io.barista.engine.cuda.CudaChecks.vector;
import static io.barista.engine.cuda.ProductOps.bias;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.HeadsInCache;
import io.barista.engine.backend.Linear;
import org.jspecify.annotations.Nullable;

/**
 * Parts of a layer in fewer launches than operations, where rows are few. Each method either does its part and returns true, or does
 * nothing and returns false, and the part is then done operation by operation. What adapters add stands between those operations, so
 * that a step in which rows have adapters has none of these parts.
 */
final class FusedOps {

    private final Element element;
    private final Matmul dense;
    private final FusedQuantizedOps ofCodes;
    private final CudaAdapters adapters;
    private final CurrentStep step;

    FusedOps(Element element, Matmul dense, QuantizedMatmul quantized, CudaAdapters adapters, RowOps rows,
            CurrentStep step) {
        this.element = element;
        this.dense = dense;
        this.ofCodes = new FusedQuantizedOps(element, quantized, adapters, rows, step);
        this.adapters = adapters;
        this.step = step;
    }

    boolean normMatmul(DeviceBuffer x, DeviceBuffer norm, float eps, Linear w, int count, DeviceBuffer out) {
        if (w.matrix() instanceof QuantizedMatrix codes) {
            return ofCodes.normMatmul(x, norm, eps, w, codes, count, out);
        }
        Gemv gemv = gemvFor(w, count);
        if (gemv == null) {
            return false;
        }
        CudaMatrix matrix = (CudaMatrix) w.matrix();
        requireDifferent(matrix.name(), x, out);
        gemv.normMultiply(matrix, bias(w), address(x, count, matrix.inputs()), vector(norm, matrix.inputs()), eps,
                count, address(out, count, matrix.outputs()), element.isWidenedIn(out));
        return true;
    }

    boolean normMatmulToCache(DeviceBuffer x, DeviceBuffer norm, float eps, Linear qkv, int count, DeviceBuffer out,
            HeadsInCache heads) {
        if (qkv.matrix() instanceof QuantizedMatrix codes) {
            return ofCodes.normMatmulToCache(x, norm, eps, qkv, codes, count, out, heads);
        }
        Gemv gemv = gemvFor(qkv, count);
        if (gemv == null || !Gemv.takesHeads(heads)) {
            return false;
        }
        CudaMatrix matrix = (CudaMatrix) qkv.matrix();
        requireFits(heads.attention(), heads.cache(), heads.layer());
        gemv.normMultiplyToCache(matrix, bias(qkv), address(x, count, matrix.inputs()),
                vector(norm, matrix.inputs()), eps, count, address(out, count, heads.attention().qkvWidth()), heads,
                step.metadata());
        return true;
    }

    boolean normMatmulGated(DeviceBuffer x, DeviceBuffer norm, float eps, Linear w, Activation activation, int count,
            int inner, DeviceBuffer normalised, DeviceBuffer out) {
        if (w.matrix() instanceof QuantizedMatrix codes) {
            return ofCodes.normMatmulGated(x, norm, eps, w, codes, activation, count, inner, normalised, out);
        }
        Gemv gemv = gemvFor(w, count);
        if (gemv == null) {
            return false;
        }
        CudaMatrix matrix = (CudaMatrix) w.matrix();
        requireDifferent(matrix.name(), x, out);
        gemv.normMultiplyGated(matrix, bias(w), address(x, count, matrix.inputs()), vector(norm, matrix.inputs()), eps,
                activation, count, address(out, count, inner));
        return true;
    }

    /** Null where the product of a normalised row is more than one launch. */
    private @Nullable Gemv gemvFor(Linear w, int count) {
        return w.matrix() instanceof CudaMatrix && adapters.addedTo(w) == null
                ? dense.inOneLaunch(count, w.matrix().inputs())
                : null;
    }
}
