package io.barista.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.engine.EngineException;
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

    @Test
    void keepsKeysAndValuesInWhatItComputesInAndSaysSo() {
        Backend.Options fp8 = new Backend.Options(1, DType.BFLOAT16, DType.FLOAT8_E4M3, 0.9, false);

        assertThatThrownBy(() -> new CpuBackend().open(fp8)).isInstanceOf(EngineException.class)
                .hasMessage(
                        "kv_cache_dtype: the cpu backend keeps keys and values in what it computes in, BFLOAT16, not in "
                                + "FLOAT8_E4M3; leave it out, or run on a GPU");
    }
}
