package io.barista.engine.cuda;

import io.barista.engine.backend.Backend;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.cpu.CpuBackend;
import io.barista.engine.testkit.Comparison;

/** The device, and the scalar oracle that it is measured by. */
enum CudaComparison implements Comparison {

    IN_FLOAT32(DType.FLOAT32, DType.FLOAT32), IN_BFLOAT16(DType.BFLOAT16, DType.BFLOAT16),

    /** The oracle does not round to float16, which is finer than the kits' tolerance for it is wide. */
    IN_FLOAT16(DType.FLOAT16, DType.FLOAT32);

    private final DType candidate;
    private final DType oracle;

    CudaComparison(DType candidate, DType oracle) {
        this.candidate = candidate;
        this.oracle = oracle;
    }

    @Override
    public TensorOps openOracle() {
        return CpuBackend.oracle().open(new Backend.Options(1, oracle));
    }

    @Override
    public TensorOps openCandidate() {
        return new CudaBackend().open(new Backend.Options(0, candidate));
    }

    /** The kernels take rows of a multiple of 16 bytes. */
    @Override
    public int columnMultiple() {
        return 8;
    }

    @Override
    public int blockMultiple() {
        return this == IN_FLOAT32 ? 1 : CudaKvCache.BLOCK_MULTIPLE;
    }

    /** The same, with the device's cache in e4m3. */
    Comparison withFp8Cache() {
        return new Comparison() {

            @Override
            public TensorOps openOracle() {
                return CudaComparison.this.openOracle();
            }

            @Override
            public TensorOps openCandidate() {
                return new CudaBackend().open(new Backend.Options(0, candidate, DType.FLOAT8_E4M3, 0.92, false));
            }
        };
    }
}
