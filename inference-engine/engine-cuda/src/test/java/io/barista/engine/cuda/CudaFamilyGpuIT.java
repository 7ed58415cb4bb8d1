package io.barista.engine.cuda;

import io.barista.engine.backend.Backend;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.cpu.CpuBackend;
import io.barista.engine.testkit.FamilyParityKit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** Mixtures of experts, latent attention and soft caps against the scalar oracle. Needs a GPU; run by benchmarks/gpu/check.sh. */
@Tag("gpu")
class CudaFamilyGpuIT {

    @Nested
    class InFloat32 extends FamilyParityKit {

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
    class InBfloat16 extends FamilyParityKit {

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
    }
}
