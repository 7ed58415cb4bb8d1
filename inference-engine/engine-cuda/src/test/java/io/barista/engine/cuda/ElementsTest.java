package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.backend.DType;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class ElementsTest {

    private final MemorySegment memory = MemorySegment.ofArray(new byte[16]);

    @Test
    void roundsToTheNearerBfloat16AndTiesToTheEvenOne() {
        assertThat(rounded(1 + 0x1p-9f)).isEqualTo(1);
        assertThat(rounded(1 + 0x1p-8f)).as("half way, 1 is even").isEqualTo(1);
        assertThat(rounded(1 + 3 * 0x1p-8f)).as("half way, below is odd").isEqualTo(1 + 0x1p-6f);
        assertThat(rounded(Float.NEGATIVE_INFINITY)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(rounded(Float.intBitsToFloat(0x7F800001))).isNaN();
    }

    private float rounded(float value) {
        Elements.set(DType.BFLOAT16, memory, 1, value);
        return Elements.get(DType.BFLOAT16, memory, 1);
    }

    @Test
    void convertsARangeToAnotherType() {
        MemorySegment floats = MemorySegment.ofArray(new float[]{9, 0.5f, -2, 65_504});

        Elements.copy(DType.FLOAT32, floats, 1, DType.FLOAT16, memory, 2, 3);

        float[] back = new float[5];
        Elements.widen(DType.FLOAT16, memory, back, 0, 5);
        assertThat(back).containsExactly(0, 0, 0.5f, -2, 65_504);
    }
}
