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

/** {@link FusedOps} of quantised matrices. */
final class FusedQuantizedOps {

    private final Element element;
    private final QuantizedMatmul quantized;
    private final CudaAdapters adapters;
    private final RowOps rows;
    private final CurrentStep step;

    FusedQuantizedOps(Element element, QuantizedMatmul quantized, CudaAdapters adapters, RowOps rows,
            CurrentStep step) {
        this.element = element;
        this.quantized = quantized;
        this.adapters = adapters;
        this.rows = rows;
        this.step = step;
    }

    boolean normMatmul(DeviceBuffer x, DeviceBuffer norm, float eps, Linear w, QuantizedMatrix codes, int count,
            DeviceBuffer out) {
        QuantizedGemv gemv = gemvFor(w, codes, count);
        if (gemv == null) {
            return false;
        }
        requireDifferent(codes.name(), x, out);
        gemv.normMultiply(codes.packed(), bias(w), address(x, count, codes.inputs()), vector(norm, codes.inputs()),
                eps, count, address(out, count, codes.outputs()), element.isWidenedIn(out));
        return true;
    }

    boolean normMatmulToCache(DeviceBuffer x, DeviceBuffer norm, float eps, Linear qkv, QuantizedMatrix codes,
            int count, DeviceBuffer out, HeadsInCache heads) {
        QuantizedGemv gemv = gemvFor(qkv, codes, count);
        if (gemv == null || !Gemv.takesHeads(heads)) {
            return false;
        }
        requireFits(heads.attention(), heads.cache(), heads.layer());
        gemv.normMultiplyToCache(codes.packed(), bias(qkv), address(x, count, codes.inputs()),
                vector(norm, codes.inputs()), eps, count, address(out, count, heads.attention().qkvWidth()), heads,
                step.metadata());
        return true;
    }

    boolean normMatmulGated(DeviceBuffer x, DeviceBuffer norm, float eps, Linear w, QuantizedMatrix codes,
            Activation activation, int count, int inner, DeviceBuffer normalised, DeviceBuffer out) {
        QuantizedGemv gemv = gemvFor(w, codes, count);
        if (gemv != null) {
            requireDifferent(codes.name(), x, out);
            gemv.normMultiplyGated(codes.packed(), bias(w), address(x, count, codes.inputs()),
                    vector(norm, codes.inputs()), eps, activation, count, address(out, count, inner));
            return true;
        }
        if (adapters.addedTo(w) != null || !quantized.takes(codes, count)) {
            return false;
        }
        requireDifferent(codes.name(), normalised, out);
        rows.rmsNorm(x, norm, eps, count, codes.inputs(), normalised);
        quantized.multiplyGated(codes, bias(w), activation, address(normalised, count, codes.inputs()), count,
                address(out, count, inner));
        return true;
    }

    /** Null where the product of a normalised row is more than one launch. */
    private @Nullable QuantizedGemv gemvFor(Linear w, QuantizedMatrix codes, int count) {
        return adapters.addedTo(w) == null ? quantized.inOneLaunch(codes, count) : null;
    }
}
