package io.barista.engine.cuda;

import io.barista.engine.backend.Backend;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.cpu.CpuBackend;
import io.barista.engine.testkit.Fp8CacheKit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

@Tag("gpu")
class CudaFp8CacheGpuIT {

    private static TensorOps oracle(DType compute) {
        return CpuBackend.oracle().open(new Backend.Options(1, compute));
    }

    private static TensorOps candidate(DType compute) {
        return new CudaBackend().open(new Backend.Options(0, compute, DType.FLOAT8_E4M3, 0.92, false));
    }

    @Nested
    class InFloat32 extends Fp8CacheKit {

        @Override
        protected TensorOps openOracle() {
            return oracle(DType.FLOAT32);
        }

        @Override
        protected TensorOps openCandidate() {
            return candidate(DType.FLOAT32);
        }
    }

    @Nested
    class InBfloat16 extends Fp8CacheKit {

        @Override
        protected TensorOps openOracle() {
            return oracle(DType.BFLOAT16);
        }

        @Override
        protected TensorOps openCandidate() {
            return candidate(DType.BFLOAT16);
        }
    }

    @Nested
    class InFloat16 extends Fp8CacheKit {

        @Override
        protected TensorOps openOracle() {
            return oracle(DType.FLOAT32);
        }

        @Override
        protected TensorOps openCandidate() {
            return candidate(DType.FLOAT16);
        }
    }
}
