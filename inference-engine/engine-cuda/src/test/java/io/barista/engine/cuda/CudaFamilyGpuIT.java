package io.barista.engine.cuda;

import io.barista.engine.testkit.FamilyParityKit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Mixtures of experts, latent attention and soft caps against the scalar oracle, in every type. Needs a GPU; run by benchmarks/gpu/check.sh. */
@Tag("gpu")
@ParameterizedClass
@EnumSource
class CudaFamilyGpuIT extends FamilyParityKit {

    CudaFamilyGpuIT(CudaComparison comparison) {
        super(comparison);
    }
}
