package io.barista.engine.cuda;

import io.barista.engine.testkit.QuantizedParityKit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Weights that are codes against the scalar oracle, in every type. Needs a GPU; run by benchmarks/gpu/check.sh. */
@Tag("gpu")
@ParameterizedClass
@EnumSource
class CudaQuantizedGpuIT extends QuantizedParityKit {

    CudaQuantizedGpuIT(CudaComparison comparison) {
        super(comparison);
    }
}
