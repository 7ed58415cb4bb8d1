package io.barista.engine.cuda;

import io.barista.engine.backend.Backend;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.cpu.CpuBackend;
import io.barista.engine.testkit.AdapterParityKit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** What adapters add against the scalar oracle, in every type. Needs a GPU; run by benchmarks/gpu/check.sh. */
@Tag("gpu")
class CudaAdapterGpuIT {

    abstract static class In extends AdapterParityKit {

        private final DType candidate;
        private final DType oracle;

        In(DType candidate, DType oracle) {
            this.candidate = candidate;
            this.oracle = oracle;
        }

        @Override
        protected TensorOps openOracle() {
            return CpuBackend.oracle().open(new Backend.Options(1, oracle));
        }

        @Override
        protected TensorOps openCandidate() {
            return new CudaBackend().open(new Backend.Options(0, candidate));
        }

        @Override
        protected int columnMultiple() {
            return 8;
        }
    }

    @Nested
    class InFloat32 extends In {
        InFloat32() {
            super(DType.FLOAT32, DType.FLOAT32);
        }
    }

    @Nested
    class InBfloat16 extends In {
        InBfloat16() {
            super(DType.BFLOAT16, DType.BFLOAT16);
        }
    }

    /** The oracle does not round to float16, which is finer than the kit's tolerance for it is wide. */
    @Nested
    class InFloat16 extends In {
        InFloat16() {
            super(DType.FLOAT16, DType.FLOAT32);
        }
    }
}
