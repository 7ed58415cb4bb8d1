package io.barista.engine.cpu;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** A small product by oneDNN against the same sum in float64, before a processor's instructions are trusted with a model. */
final class OneDnnSelfTest {

    private static final int INPUTS = 96;
    private static final int OUTPUTS = 80;
    private static final double TOLERANCE = 0.02; // int8 activations are off by half a 127th at most, bfloat16 by less

    private OneDnnSelfTest() {}

    /** @throws IllegalStateException with the reason when oneDNN cannot compile the product or computes another one */
    static void run(OneDnnMatmul matmul, OneDnnShape.Kind kind) {
        try (Arena arena = Arena.ofShared()) {
            Weight weight = weight(kind, arena);
            OneDnnMatrix matrix = matmul.pack("self-test", kind, List.of(weight));
            for (int rows : new int[]{1, 3, OneDnnShape.MOST_ROWS + 6}) {
                float[] x = new float[rows * INPUTS];
                for (int i = 0; i < x.length; i++) {
                    x[i] = Bfloat16.round((float) Math.sin(i));
                }
                float[] out = new float[rows * OUTPUTS];
                matmul.multiply(matrix, null, x, rows, out);
                double error = error(weight, x, rows, out);
                if (!(error < TOLERANCE)) {
                    throw new IllegalStateException(
                            "%s: a product of %d rows is off by %.3f".formatted(kind, rows, error));
                }
            }
        }
    }

    private static Weight weight(OneDnnShape.Kind kind, Arena arena) {
        return switch (kind) {
            case BFLOAT16 -> {
                MemorySegment values = arena.allocate((long) INPUTS * OUTPUTS * Short.BYTES, 64);
                for (int i = 0; i < INPUTS * OUTPUTS; i++) {
                    values.setAtIndex(ValueLayout.JAVA_SHORT, i, Bfloat16.fromFloat((float) Math.cos(i)));
                }
                yield new Weight.Dense(new HostTensor("self-test", DType.BFLOAT16,
                        List.of((long) OUTPUTS, (long) INPUTS), values));
            }
            case INT8 -> {
                MemorySegment codes = arena.allocate((long) INPUTS * OUTPUTS, 64);
                for (int i = 0; i < INPUTS * OUTPUTS; i++) {
                    codes.set(ValueLayout.JAVA_BYTE, i, (byte) Math.round(63 * Math.cos(i)));
                }
                MemorySegment scales = arena.allocate((long) OUTPUTS * Float.BYTES, 64);
                for (int i = 0; i < OUTPUTS; i++) {
                    scales.setAtIndex(ValueLayout.JAVA_FLOAT, i, 1f / (i + 1));
                }
                yield new Weight.Int8("self-test", OUTPUTS, INPUTS, INPUTS, codes, scales, true);
            }
        };
    }

    private static double error(Weight weight, float[] x, int rows, float[] out) {
        double difference = 0;
        double size = 0;
        float[] row = new float[INPUTS];
        for (int output = 0; output < OUTPUTS; output++) {
            WeightRows.read(weight, output, row);
            for (int r = 0; r < rows; r++) {
                double sum = 0;
                for (int k = 0; k < INPUTS; k++) {
                    sum += (double) x[r * INPUTS + k] * row[k];
                }
                difference += Math.pow(out[r * OUTPUTS + output] - sum, 2);
                size += sum * sum;
            }
        }
        return Math.sqrt(difference / size);
    }
}
