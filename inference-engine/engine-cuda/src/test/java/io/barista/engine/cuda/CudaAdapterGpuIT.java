package io.barista.engine.cuda;

import io.barista.engine.testkit.AdapterParityKit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What adapters add against the scalar oracle, in every type. Needs a GPU; run by benchmarks/gpu/check.sh. */
@Tag("gpu")
@ParameterizedClass
@EnumSource
class CudaAdapterGpuIT extends AdapterParityKit {

    CudaAdapterGpuIT(CudaComparison comparison) {
        super(comparison);
    }
}
