package io.barista.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.barista.engine.backend.Backend;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.TensorOps;
import org.junit.jupiter.api.Test;

class CpuBackendTest {

    @Test
    void isNeverRefusedAndTakesVectorsWhereTheJvmHasThem() {
        assertThat(new CpuBackend().refusal()).isEmpty();
        try (TensorOps ops = new CpuBackend().open(new Backend.Options(0, DType.FLOAT32))) {
            assertThat(ops).isInstanceOf(VectorOps.class);
            assertThat(ops.freeBytes()).isPositive();
        }
    }

    @Test
    void givesTheOracleToWhoAsksForIt() {
        try (TensorOps ops = CpuBackend.oracle().open(new Backend.Options(4, DType.BFLOAT16))) {
            assertThat(ops).isInstanceOf(ScalarOps.class);
            assertThat(ops.activationType()).isEqualTo(DType.BFLOAT16);
        }
    }

    @Test
    void saysWhatItCanComputeInWhenAskedForSomethingElse() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CpuBackend().open(new Backend.Options(1, DType.FLOAT16)))
                .withMessageContaining("FLOAT32 or BFLOAT16").withMessageContaining("FLOAT16");
    }
}
