package io.barista.engine.cuda;

import io.barista.engine.backend.Backend;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.cpu.CpuBackend;

/** What parity kits compare: the device, and the scalar oracle that it is measured by. */
enum Openings {

    IN_FLOAT32(DType.FLOAT32, DType.FLOAT32), IN_BFLOAT16(DType.BFLOAT16, DType.BFLOAT16),

    /** The oracle does not round to float16, which is finer than the kits' tolerance for it is wide. */
    IN_FLOAT16(DType.FLOAT16, DType.FLOAT32);

    /** The device's kernels take rows of a multiple of 16 bytes. */
    static final int COLUMN_MULTIPLE = 8;

    private final DType candidate;
    private final DType oracle;

    Openings(DType candidate, DType oracle) {
        this.candidate = candidate;
        this.oracle = oracle;
    }

    TensorOps oracle() {
        return CpuBackend.oracle().open(new Backend.Options(1, oracle));
    }

    TensorOps candidate() {
        return new CudaBackend().open(new Backend.Options(0, candidate));
    }

    TensorOps candidateWithFp8Cache() {
        return new CudaBackend().open(new Backend.Options(0, candidate, DType.FLOAT8_E4M3, 0.92, false));
    }
}
