package io.barista.engine.cuda;

import io.barista.engine.backend.TensorOps;
import io.barista.engine.testkit.AdapterParityKit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** What adapters add against the scalar oracle, in every type. Needs a GPU; run by benchmarks/gpu/check.sh. */
@Tag("gpu")
class CudaAdapterGpuIT {

    abstract static class In extends AdapterParityKit {

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
    }

    @Nested
    class InFloat16 extends In {
        InFloat16() {
            super(Openings.IN_FLOAT16);
        }
    }
}
