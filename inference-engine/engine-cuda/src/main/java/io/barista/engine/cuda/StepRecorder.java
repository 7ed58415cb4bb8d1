package io.barista.engine.cuda;

import static io.barista.engine.cuda.CudaChecks.address;
import static io.barista.engine.cuda.CudaChecks.requireFits;
import static io.barista.engine.cuda.CudaChecks.vector;
import static io.barista.engine.cuda.ProductOps.bias;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.HeadsInCache;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.Linear;
import io.barista.engine.backend.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * Writes down a step's operations, so that one launch can do them all. While it records, each method writes its operation down and
 * returns true; otherwise it does nothing and returns false, and the operation is launched. What it cannot write down ends the recording with
 * {@link NotRecorded}.
 */
final class StepRecorder {

    private final int blocks;

    private @Nullable StepRecording recording;

    /** @param blocks of the launch */
    StepRecorder(int blocks) {
        this.blocks = blocks;
    }

    /**
     * Runs a step's operations and writes them down.
     *
     * @throws NotRecorded where one of them cannot be
     */
    StepRecording record(int rows, Runnable operations) {
        StepRecording begun = new StepRecording(rows, blocks);
        recording = begun;
        try {
            operations.run();
        } finally {
            recording = null;
        }
        return begun;
    }

    boolean embed(Matrix table, float scale, DeviceBuffer out) {
        if (recording == null) {
            return false;
        }
        recording.embed(dense(table), scale, address(out, recording.rows(), table.inputs()));
        return true;
    }

    boolean normMatmulToCache(DeviceBuffer x, DeviceBuffer norm, float eps, Linear qkv, DeviceBuffer out,
            HeadsInCache heads) {
        if (recording == null) {
            return false;
        }
        CudaMatrix w = dense(qkv.matrix());
        recording.eps(heads.normEps());
        recording.product(StepOperation.Kind.LINEAR, w, bias(qkv), norm(norm, w, eps), 0, in(x, w),
                address(out, recording.rows(), w.outputs()));
        recording.heads(heads);
        return true;
    }

    boolean pagedAttention(DeviceBuffer qkv, AttentionSpec attention, KvCache cache, int layer, DeviceBuffer out) {
        if (recording == null) {
            return false;
        }
        requireFits(attention, cache, layer);
        recording.attend(address(qkv, recording.rows(), attention.qkvWidth()), attention, (CudaKvCache) cache, layer,
                address(out, recording.rows(), attention.queryWidth()));
        return true;
    }

    boolean matmulAdd(Linear linear, DeviceBuffer x, DeviceBuffer sum) {
        if (recording == null) {
            return false;
        }
        CudaMatrix w = dense(linear.matrix());
        recording.product(StepOperation.Kind.ADD, w, bias(linear), null, 0, in(x, w),
                address(sum, recording.rows(), w.outputs()));
        return true;
    }

    boolean normMatmulGated(DeviceBuffer x, DeviceBuffer norm, float eps, Linear linear, Activation activation,
            int inner, DeviceBuffer out) {
        if (recording == null) {
            return false;
        }
        CudaMatrix w = dense(linear.matrix());
        recording.product(StepOperation.Kind.GATED, w, bias(linear), norm(norm, w, eps), RowKernels.code(activation),
                in(x, w), address(out, recording.rows(), inner));
        return true;
    }

    boolean gatherLogitRows(DeviceBuffer x, int columns, DeviceBuffer out) {
        if (recording == null) {
            return false;
        }
        recording.gather(address(x, recording.rows(), columns), address(out, recording.rows(), columns));
        return true;
    }

    boolean normMatmul(DeviceBuffer x, DeviceBuffer norm, float eps, Linear linear, DeviceBuffer out) {
        if (recording == null) {
            return false;
        }
        if (out.dtype() != DType.FLOAT32) {
            throw new NotRecorded("a product of normalised rows other than logits");
        }
        CudaMatrix w = dense(linear.matrix());
        recording.logits(w, bias(linear), norm(norm, w, eps), in(x, w), address(out, recording.rows(), w.outputs()));
        return true;
    }

    private long in(DeviceBuffer x, CudaMatrix w) {
        return address(x, recorded().rows(), w.inputs());
    }

    private CudaVector norm(DeviceBuffer norm, CudaMatrix w, float eps) {
        recorded().eps(eps);
        return vector(norm, w.inputs());
    }

    private StepRecording recorded() {
        if (recording == null) {
            throw new IllegalStateException("nothing is recorded");
        }
        return recording;
    }

    private static CudaMatrix dense(Matrix matrix) {
        if (!(matrix instanceof CudaMatrix dense)) {
            throw new NotRecorded("quantised weights");
        }
        if (dense.inputs() % 8 != 0) {
            throw new NotRecorded("%s has %d inputs, which are no multiple of 8".formatted(dense.name(),
                    dense.inputs()));
        }
        return dense;
    }
}
