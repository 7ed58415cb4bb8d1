package io.barista.engine.cuda;

import io.barista.engine.backend.Backend;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.cpu.CpuBackend;
import io.barista.engine.testkit.BackendParityKit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** Every operation against the scalar oracle, in every type. Needs a GPU; run by benchmarks/gpu/check.sh. */
@Tag("gpu")
class CudaOpsGpuIT {

    @Nested
    class InFloat32 extends BackendParityKit {

        @Override
        protected TensorOps openOracle() {
            return CpuBackend.oracle().open(new Backend.Options(1, DType.FLOAT32));
        }

        @Override
        protected TensorOps openCandidate() {
            return new CudaBackend().open(new Backend.Options(0, DType.FLOAT32));
        }

        @Override
        protected int columnMultiple() {
            return 8;
        }
    }

    @Nested
    class InBfloat16 extends BackendParityKit {

        @Override
        protected TensorOps openOracle() {
            return CpuBackend.oracle().open(new Backend.Options(1, DType.BFLOAT16));
        }

        @Override
        protected TensorOps openCandidate() {
            return new CudaBackend().open(new Backend.Options(0, DType.BFLOAT16));
        }

        @Override
        protected int columnMultiple() {
            return 8;
        }

        @Override
        protected int blockMultiple() {
            return CudaKvCache.BLOCK_MULTIPLE;
        }
    }

    /** The oracle does not round to float16, which is finer than the kit's tolerance for it is wide. */
    @Nested
    class InFloat16 extends BackendParityKit {

        @Override
        protected TensorOps openOracle() {
            return CpuBackend.oracle().open(new Backend.Options(1, DType.FLOAT32));
        }

        @Override
        protected TensorOps openCandidate() {
            return new CudaBackend().open(new Backend.Options(0, DType.FLOAT16));
        }

        @Override
        protected int columnMultiple() {
            return 8;
        }

        @Override
        protected int blockMultiple() {
            return CudaKvCache.BLOCK_MULTIPLE;
        }
    }
}
