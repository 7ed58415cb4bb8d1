package io.barista.engine.cuda;

import io.barista.engine.testkit.Fp8CacheKit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Attention over an 8-bit cache against the scalar oracle, in every type. Needs a GPU; run by benchmarks/gpu/check.sh. */
@Tag("gpu")
@ParameterizedClass
@EnumSource
class CudaFp8CacheGpuIT extends Fp8CacheKit {

    CudaFp8CacheGpuIT(CudaComparison comparison) {
        super(comparison.withFp8Cache());
    }
}
