package io.barista.engine.cuda;

import io.barista.engine.testkit.BackendParityKit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows and products against the scalar oracle, in every type. Needs a GPU; run by benchmarks/gpu/check.sh. */
@Tag("gpu")
@ParameterizedClass
@EnumSource
class CudaOpsGpuIT extends BackendParityKit {

    CudaOpsGpuIT(CudaComparison comparison) {
        super(comparison);
    }
}
