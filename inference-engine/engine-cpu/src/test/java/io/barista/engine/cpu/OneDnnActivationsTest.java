package io.barista.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OneDnnActivationsTest {

    private static final int ROWS = 5;

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8, 17, 64, 129})
    void scalesEachRowToTheRangeOfInt8AndRoundsToTheNearest(int inputs) {
        float[] x = values(inputs);
        try (WorkerPool pool = new WorkerPool(2); Arena arena = Arena.ofShared()) {
            OneDnnActivations activations = new OneDnnActivations(pool, arena);
            activations.convert(x, ROWS, inputs, OneDnnShape.Kind.INT8);
            for (int row = 0; row < ROWS; row++) {
                MemorySegment codes = MemorySegment.ofAddress(activations.address(row)).reinterpret(inputs);
                for (int i = 0; i < inputs; i++) {
                    float value = x[row * inputs + i];
                    assertThat(codes.get(ValueLayout.JAVA_BYTE, i) * activations.scale(row))
                            .isCloseTo(value, within(activations.scale(row)));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8, 17, 64, 129})
    void keepsTheUpperHalfForBfloat16(int inputs) {
        float[] x = values(inputs);
        try (WorkerPool pool = new WorkerPool(2); Arena arena = Arena.ofShared()) {
            OneDnnActivations activations = new OneDnnActivations(pool, arena);
            activations.convert(x, ROWS, inputs, OneDnnShape.Kind.BFLOAT16);
            for (int row = 0; row < ROWS; row++) {
                MemorySegment codes = MemorySegment.ofAddress(activations.address(row))
                        .reinterpret((long) inputs * Short.BYTES);
                for (int i = 0; i < inputs; i++) {
                    short bits = codes.get(ValueLayout.JAVA_SHORT_UNALIGNED, (long) i * Short.BYTES);
                    assertThat(Float.intBitsToFloat(bits << 16)).isEqualTo(x[row * inputs + i]);
                }
            }
        }
    }

    /** Of all sizes, each row's largest elsewhere, as bfloat16 has them. */
    private static float[] values(int inputs) {
        float[] x = new float[ROWS * inputs];
        for (int i = 0; i < x.length; i++) {
            x[i] = Bfloat16.round((float) (Math.sin(i) * Math.pow(10, i / inputs - 2)));
        }
        return x;
    }

    private static Offset<Float> within(float scale) {
        return Offset.offset(0.5001f * scale);
    }
}
