package io.barista.engine.cuda;

import io.barista.engine.backend.TensorOps;
import io.barista.engine.testkit.BackendParityKit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** Every operation against the scalar oracle, in every type. Needs a GPU; run by benchmarks/gpu/check.sh. */
@Tag("gpu")
class CudaOpsGpuIT {

    abstract static class In extends BackendParityKit {

        private final Openings openings;

        In(Openings openings) {
            this.openings = openings;
        }

        @Override
        protected TensorOps openOracle() {
            return openings.oracle();
        }

        @Override
        protected TensorOps openCandidate() {
            return openings.candidate();
        }

        @Override
        protected int columnMultiple() {
            return Openings.COLUMN_MULTIPLE;
        }
    }

    @Nested
    class InFloat32 extends In {
        InFloat32() {
            super(Openings.IN_FLOAT32);
        }
    }

    @Nested
    class InBfloat16 extends In {
        InBfloat16() {
            super(Openings.IN_BFLOAT16);
        }

        @Override
        protected int blockMultiple() {
            return CudaKvCache.BLOCK_MULTIPLE;
        }
    }

    @Nested
    class InFloat16 extends In {
        InFloat16() {
            super(Openings.IN_FLOAT16);
        }

        @Override
        protected int blockMultiple() {
            return CudaKvCache.BLOCK_MULTIPLE;
        }
    }
}
