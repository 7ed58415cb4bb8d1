package io.barista.engine.cuda;

import io.barista.engine.testkit.AttentionParityKit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Attention against the scalar oracle, in every type. Needs a GPU; run by benchmarks/gpu/check.sh. */
@Tag("gpu")
@ParameterizedClass
@EnumSource
class CudaAttentionGpuIT extends AttentionParityKit {

    CudaAttentionGpuIT(CudaComparison comparison) {
        super(comparison);
    }
}
