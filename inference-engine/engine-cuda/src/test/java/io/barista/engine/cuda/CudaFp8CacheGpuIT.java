package io.barista.engine.cuda;

import io.barista.engine.backend.TensorOps;
import io.barista.engine.testkit.Fp8CacheKit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** Attention over an 8-bit cache against the scalar oracle, in every type. Needs a GPU; run by benchmarks/gpu/check.sh. */
@Tag("gpu")
class CudaFp8CacheGpuIT {

    abstract static class In extends Fp8CacheKit {

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
            return openings.candidateWithFp8Cache();
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
