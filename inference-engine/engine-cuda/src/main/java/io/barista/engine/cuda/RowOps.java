package io.barista.engine.cuda;

import static io.barista.engine.cuda.CudaChecks.address;
import static io.barista.engine.cuda.CudaChecks.requireDifferent;
import static io.barista.engine.cuda.CudaChecks.vector;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.Matrix;
import org.jspecify.annotations.Nullable;

/** What is done to each row by itself: looking it up, normalising, activating, adding, choosing. */
final class RowOps {

    private final RowKernels kernels;
    private final QuantizedMatmul quantized;
    private final CurrentStep step;

    RowOps(RowKernels kernels, QuantizedMatmul quantized, CurrentStep step) {
        this.kernels = kernels;
        this.quantized = quantized;
        this.step = step;
    }

    void embed(Matrix table, float scale, DeviceBuffer out) {
        int tokens = step.inputs().tokens;
        long target = address(out, tokens, table.inputs());
        switch ((CudaWeights) table) {
            case CudaMatrix dense -> kernels.embed(step.metadata(), dense, scale, tokens, target);
            case QuantizedMatrix codes -> quantized.embed(step.metadata(), codes, scale, tokens, target);
        }
    }

    void rmsNorm(DeviceBuffer x, DeviceBuffer weight, float eps, int rows, int columns, DeviceBuffer out) {
        kernels.rmsNorm(address(x, rows, columns), vector(weight, columns), eps, rows, columns,
                address(out, rows, columns));
    }

    void gatedActivation(DeviceBuffer gateUp, Activation activation, int rows, int inner, DeviceBuffer out) {
        requireDifferent("gatedActivation", gateUp, out);
        kernels.gatedActivation(address(gateUp, rows, 2 * inner), activation, rows, inner, address(out, rows, inner));
    }

    void gatherLogitRows(DeviceBuffer x, int columns, DeviceBuffer out) {
        requireDifferent("gatherLogitRows", x, out);
        int rows = step.inputs().logitRows;
        kernels.gatherRows(address(x, step.inputs().tokens, columns), step.metadata().logitIndices(), rows, columns,
                address(out, rows, columns));
    }

    void addGated(DeviceBuffer x, @Nullable DeviceBuffer gate, int rows, int columns, DeviceBuffer sum) {
        requireDifferent("addGated", x, sum);
        kernels.addGated(address(x, rows, columns), gate == null ? 0 : address(gate, rows, 1), rows, columns,
                address(sum, rows, columns));
    }

    void softCap(DeviceBuffer x, int rows, int columns, float cap) {
        if (x.dtype() != DType.FLOAT32) {
            throw new IllegalArgumentException("soft caps are for logits, which are FLOAT32; this is " + x.dtype());
        }
        kernels.softCap(address(x, rows, columns), rows, columns, cap);
    }
}
