package io.barista.engine.cuda;

import static io.barista.engine.cuda.CudaChecks.address;
import static io.barista.engine.cuda.CudaChecks.requireDifferent;
import static io.barista.engine.cuda.CudaChecks.vector;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AdapterMatrix;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.Linear;
import io.barista.engine.backend.Matrix;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Rows times weights, dense or quantised, and what adapters add to them. */
final class ProductOps {

    private final Element element;
    private final Matmul dense;
    private final QuantizedMatmul quantized;
    private final CudaAdapters adapters;

    ProductOps(Element element, Matmul dense, QuantizedMatmul quantized, CudaAdapters adapters) {
        this.element = element;
        this.dense = dense;
        this.quantized = quantized;
        this.adapters = adapters;
    }

    void matmul(Matrix w, @Nullable DeviceBuffer bias, DeviceBuffer x, int rows, DeviceBuffer out) {
        requireDifferent(w.name(), x, out);
        CudaVector added = bias == null ? null : vector(bias, w.outputs());
        long source = address(x, rows, w.inputs());
        long target = address(out, rows, w.outputs());
        boolean floatOut = element.isWidenedIn(out);
        switch ((CudaWeights) w) {
            case CudaMatrix matrix -> dense.multiply(matrix, added, source, rows, target, floatOut);
            case QuantizedMatrix codes -> quantized.multiply(codes, added, source, rows, target, floatOut);
        }
    }

    /** What an adapter makes of x is computed beside the product. */
    void linear(Linear w, DeviceBuffer x, int rows, DeviceBuffer out) {
        AdapterMatrix room = adapters.addedTo(w);
        if (room != null) {
            adapters.begin();
        }
        matmul(w.matrix(), w.bias(), x, rows, out);
        if (room != null) {
            adapters.finish(room, x, out);
        }
    }

    /** {@link #linear} of gate and up that {@link CudaAdapters#gates}, then their gated activation in the launch that adds what adapters do. */
    void linearGated(Linear w, DeviceBuffer x, Activation activation, int rows, DeviceBuffer gateUp,
            DeviceBuffer out) {
        adapters.begin();
        matmul(w.matrix(), w.bias(), x, rows, gateUp);
        adapters.finishGated(Objects.requireNonNull(adapters.addedTo(w)), x, gateUp, activation, out);
    }

    /** sum += {@link #linear} of x, without a place for the product. */
    void matmulAdd(Linear w, DeviceBuffer x, int rows, DeviceBuffer sum) {
        requireDifferent(w.matrix().name(), x, sum);
        AdapterMatrix room = adapters.addedTo(w);
        if (room != null) {
            adapters.begin();
        }
        long source = address(x, rows, w.matrix().inputs());
        long target = address(sum, rows, w.matrix().outputs());
        switch ((CudaWeights) w.matrix()) {
            case CudaMatrix matrix -> dense.add(matrix, bias(w), source, rows, target);
            case QuantizedMatrix codes -> quantized.add(codes, bias(w), source, rows, target);
        }
        if (room != null) {
            adapters.finish(room, x, sum);
        }
    }

    static @Nullable CudaVector bias(Linear w) {
        return w.bias() == null ? null : vector(w.bias(), w.matrix().outputs());
    }
}
