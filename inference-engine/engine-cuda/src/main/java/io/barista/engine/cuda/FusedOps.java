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
 * that of a step in which rows have adapters only the head is such a part.
 */
final class FusedOps {

    private final Element element;
    private final Matmul dense;
    private final QuantizedMatmul quantized;
    private final CudaAdapters adapters;
    private final RowOps rows;
    private final CurrentStep step;

    FusedOps(Element element, Matmul dense, QuantizedMatmul quantized, CudaAdapters adapters, RowOps rows,
            CurrentStep step) {
        this.element = element;
        this.dense = dense;
        this.quantized = quantized;
        this.adapters = adapters;
        this.rows = rows;
        this.step = step;
    }

    boolean normMatmul(DeviceBuffer x, DeviceBuffer norm, float eps, Linear w, int count, DeviceBuffer out) {
        return adapters.addedTo(w) == null && switch ((CudaWeights) w.matrix()) {
            case CudaMatrix matrix ->
                normMatmul(dense.inOneLaunch(matrix, count), matrix, x, norm, eps, w, count, out);
            case QuantizedMatrix codes ->
                normMatmul(quantized.inOneLaunch(codes, count), codes, x, norm, eps, w, count, out);
        };
    }

    private <W extends CudaWeights> boolean normMatmul(@Nullable NormProducts<W> kernel, W matrix, DeviceBuffer x,
            DeviceBuffer norm, float eps, Linear w, int count, DeviceBuffer out) {
        if (kernel == null) {
            return false;
        }
        requireDifferent(matrix.name(), x, out);
        kernel.normMultiply(matrix, bias(w), address(x, count, matrix.inputs()), vector(norm, matrix.inputs()), eps,
                count, address(out, count, matrix.outputs()), element.isWidenedIn(out));
        return true;
    }

    boolean normMatmulToCache(DeviceBuffer x, DeviceBuffer norm, float eps, Linear qkv, int count, DeviceBuffer out,
            HeadsInCache heads) {
        return adapters.addedTo(qkv) == null && WholeHeads.takes(heads) && switch ((CudaWeights) qkv.matrix()) {
            case CudaMatrix matrix ->
                normMatmulToCache(dense.inOneLaunch(matrix, count), matrix, x, norm, eps, qkv, count, out, heads);
            case QuantizedMatrix codes ->
                normMatmulToCache(quantized.inOneLaunch(codes, count), codes, x, norm, eps, qkv, count, out, heads);
        };
    }

    private <W extends CudaWeights> boolean normMatmulToCache(@Nullable NormProducts<W> kernel, W matrix,
            DeviceBuffer x, DeviceBuffer norm, float eps, Linear qkv, int count, DeviceBuffer out, HeadsInCache heads) {
        if (kernel == null) {
            return false;
        }
        requireFits(heads.attention(), heads.cache(), heads.layer());
        kernel.normMultiplyToCache(matrix, bias(qkv), address(x, count, matrix.inputs()),
                vector(norm, matrix.inputs()), eps, count, address(out, count, heads.attention().qkvWidth()), heads,
                step.metadata());
        return true;
    }

    boolean normMatmulGated(DeviceBuffer x, DeviceBuffer norm, float eps, Linear w, Activation activation, int count,
            int inner, DeviceBuffer normalised, DeviceBuffer out) {
        return adapters.addedTo(w) == null && switch ((CudaWeights) w.matrix()) {
            case CudaMatrix matrix ->
                normMatmulGated(dense.inOneLaunch(matrix, count), matrix, x, norm, eps, w, activation, count, inner,
                        out);
            case QuantizedMatrix codes ->
                normMatmulGated(quantized.inOneLaunch(codes, count), codes, x, norm, eps, w, activation, count, inner,
                        out) || normThenMatmulGated(codes, x, norm, eps, w, activation, count, inner, normalised, out);
        };
    }

    private <W extends CudaWeights> boolean normMatmulGated(@Nullable NormProducts<W> kernel, W matrix, DeviceBuffer x,
            DeviceBuffer norm, float eps, Linear w, Activation activation, int count, int inner, DeviceBuffer out) {
        if (kernel == null) {
            return false;
        }
        requireDifferent(matrix.name(), x, out);
        kernel.normMultiplyGated(matrix, bias(w), address(x, count, matrix.inputs()), vector(norm, matrix.inputs()),
                eps, activation, count, address(out, count, inner));
        return true;
    }

    /** Of more rows: the kernels for codes have the activation with them, not the norm. */
    private boolean normThenMatmulGated(QuantizedMatrix codes, DeviceBuffer x, DeviceBuffer norm, float eps, Linear w,
            Activation activation, int count, int inner, DeviceBuffer normalised, DeviceBuffer out) {
        if (!quantized.takes(codes, count)) {
            return false;
        }
        requireDifferent(codes.name(), normalised, out);
        rows.rmsNorm(x, norm, eps, count, codes.inputs(), normalised);
        quantized.multiplyGated(codes, bias(w), activation, address(normalised, count, codes.inputs()), count,
                address(out, count, inner));
        return true;
    }
}
