package io.barista.engine.testkit;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.random.RandomGenerator;

/** Host tensors out of plain floats, as a weights file would hold them. */
public final class TestTensors {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);

    private TestTensors() {}

    public static HostTensor vector(String name, DType dtype, float... values) {
        return new HostTensor(name, dtype, List.of((long) values.length), encode(dtype, values));
    }

    /** @param values [rows, columns] */
    public static HostTensor matrix(String name, DType dtype, int rows, int columns, float... values) {
        if (values.length != rows * columns) {
            throw new IllegalArgumentException("%d values for [%d, %d]".formatted(values.length, rows, columns));
        }
        return new HostTensor(name, dtype, List.of((long) rows, (long) columns), encode(dtype, values));
    }

    /** Normally distributed values, times {@code scale}. */
    public static float[] random(RandomGenerator random, int count, float scale) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian() * scale;
        }
        return values;
    }

    private static MemorySegment encode(DType dtype, float[] values) {
        MemorySegment data = Arena.ofAuto().allocate((long) values.length * dtype.bytes(), 8);
        for (int i = 0; i < values.length; i++) {
            switch (dtype) {
                case FLOAT32 -> data.setAtIndex(FLOAT, i, values[i]);
                case BFLOAT16 -> data.setAtIndex(SHORT, i, (short) (Float.floatToRawIntBits(values[i]) >>> 16));
                case FLOAT16 -> data.setAtIndex(SHORT, i, Float.floatToFloat16(values[i]));
                case INT8 -> data.set(ValueLayout.JAVA_BYTE, i, (byte) values[i]);
                case FLOAT8_E4M3, INT32, INT64 ->
                    throw new IllegalArgumentException("no encoding of floats as " + dtype);
            }
        }
        return data;
    }

    /** Cosines and sines as {@link TensorOps#uploadRope} takes them. */
    static float[] angles(int positions, int rotaryDim) {
        float[] table = new float[positions * rotaryDim];
        int half = rotaryDim / 2;
        for (int position = 0; position < positions; position++) {
            for (int i = 0; i < half; i++) {
                double angle = position * Math.pow(10_000, -2.0 * i / rotaryDim);
                table[position * rotaryDim + i] = (float) Math.cos(angle);
                table[position * rotaryDim + half + i] = (float) Math.sin(angle);
            }
        }
        return table;
    }
}
