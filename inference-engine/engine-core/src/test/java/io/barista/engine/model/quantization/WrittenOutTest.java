package io.barista.engine.model.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Weight;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class WrittenOutTest {

    @Test
    void int4IsScaledAfterItsZeroAndPutWhereItsInputIs() {
        // codes 0 to 15, two groups of 8 with zeros 8 and 1, inputs in reverse
        int[] words = {0x76543210, 0xfedcba98};
        int[] reverse = {15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0};
        Weight.Int4 weight = new Weight.Int4("w", 1, 16, 8, MemorySegment.ofArray(words), floats(0.5f, 2),
                MemorySegment.ofArray(new byte[]{8, 1}), reverse);

        assertThat(numbers(WrittenOut.of(weight))).containsExactly(28, 26, 24, 22, 20, 18, 16, 14, -0.5f, -1, -1.5f, -2,
                -2.5f, -3, -3.5f, -4);
    }

    @Test
    void e4m3HasEightSubnormalsAndReaches448() {
        byte[] codes = {0, 1, 7, 8, 0x38, 0x39, 0x7e, (byte) 0xfe};
        Weight.Fp8 weight = new Weight.Fp8("w", 1, 8, 8, MemorySegment.ofArray(codes), floats(2), false);

        assertThat(numbers(WrittenOut.of(weight))).containsExactly(0, 2 / 512f, 14 / 512f, 2 / 64f, 2, 2.25f, 896,
                -896);
    }

    @Test
    void int8IsScaledByItsGroup() {
        Weight.Int8 weight = new Weight.Int8("w", 2, 4, 2,
                MemorySegment.ofArray(new byte[]{1, -1, 127, -128, 2, 3, 4, 5}),
                floats(1, 0.5f, 10, 100), false);

        assertThat(numbers(WrittenOut.of(weight))).containsExactly(1, -1, 63.5f, -64, 20, 30, 400, 500);
    }

    @Test
    void denseWeightsStayAsTheyAre() {
        HostTensor tensor = new HostTensor("w", DType.FLOAT32, List.of(1L, 2L), floats(1, 2));

        assertThat(WrittenOut.of(new Weight.Dense(tensor))).isSameAs(tensor);
    }

    private static float[] numbers(HostTensor tensor) {
        return tensor.data().toArray(ValueLayout.JAVA_FLOAT);
    }

    private static MemorySegment floats(float... values) {
        return MemorySegment.ofArray(values);
    }
}
