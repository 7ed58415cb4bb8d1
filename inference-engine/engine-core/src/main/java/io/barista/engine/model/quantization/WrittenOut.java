package io.barista.engine.model.quantization;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Quantised weights as the numbers they stand for, for what no backend multiplies by codes. */
public final class WrittenOut {

    private WrittenOut() {}

    /** [outputs, inputs]: as it is, or float32 of codes. */
    public static HostTensor of(Weight weight) {
        return switch (weight) {
            case Weight.Dense(HostTensor tensor) -> tensor;
            case Weight.Quantized quantized -> {
                int outputs = quantized.outputs();
                int inputs = quantized.inputs();
                MemorySegment numbers = Arena.ofAuto().allocate((long) outputs * inputs * Float.BYTES, 64);
                IntStream.range(0, outputs).parallel().forEach(output -> write(quantized, output, numbers));
                yield new HostTensor(quantized.name(), DType.FLOAT32, List.of((long) outputs, (long) inputs), numbers);
            }
        };
    }

    private static void write(Weight.Quantized weight, int output, MemorySegment numbers) {
        long row = (long) output * weight.inputs();
        long groups = (long) output * weight.groups();
        for (int k = 0; k < weight.inputs(); k++) {
            long group = groups + k / weight.groupSize();
            float value = weight.scales().get(Scales.FLOAT, group * Float.BYTES) * switch (weight) {
                case Weight.Int4 int4 -> code(int4, output, k) - int4.zeros().get(ValueLayout.JAVA_BYTE, group);
                case Weight.Int8 int8 -> int8.codes().get(ValueLayout.JAVA_BYTE, row + k);
                case Weight.Fp8 fp8 -> e4m3(fp8.codes().get(ValueLayout.JAVA_BYTE, row + k));
            };
            numbers.set(Scales.FLOAT, (row + input(weight, k)) * Float.BYTES, value);
        }
    }

    private static int input(Weight.Quantized weight, int k) {
        int @Nullable [] order = weight instanceof Weight.Int4 int4 ? int4.inputOrder() : null;
        return order == null ? k : order[k];
    }

    private static int code(Weight.Int4 weight, int output, int k) {
        long at = output * Weight.Int4.rowBytes(weight.inputs()) + k / 2;
        return weight.codes().get(ValueLayout.JAVA_BYTE, at) >>> 4 * (k % 2) & 0xf;
    }

    /** Four bits of exponent with a bias of 7, three of mantissa; numbers alone, as the files' readers see to. */
    private static float e4m3(byte bits) {
        int exponent = bits >>> 3 & 0xf;
        int mantissa = bits & 7;
        float magnitude = exponent == 0 ? Math.scalb(mantissa, -9) : Math.scalb(8 + mantissa, exponent - 10);
        return bits < 0 ? -magnitude : magnitude;
    }
}
