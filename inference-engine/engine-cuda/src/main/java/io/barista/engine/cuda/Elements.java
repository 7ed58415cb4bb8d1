package io.barista.engine.cuda;

import io.barista.engine.backend.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Floating-point numbers in host memory, read and written in any of their types. */
final class Elements {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private Elements() {}

    /** The element at an index, in elements. */
    static float get(DType type, MemorySegment source, long index) {
        return switch (type) {
            case FLOAT32 -> source.get(FLOAT, index * 4);
            case BFLOAT16 -> Float.intBitsToFloat(source.get(SHORT, index * 2) << 16);
            case FLOAT16 -> Float.float16ToFloat(source.get(SHORT, index * 2));
            case FLOAT8_E4M3, INT32, INT8, INT64 ->
                throw new IllegalArgumentException(type + " is no type to compute in");
        };
    }

    /** Rounds to nearest, ties to even. */
    static void set(DType type, MemorySegment target, long index, float value) {
        switch (type) {
            case FLOAT32 -> target.set(FLOAT, index * 4, value);
            case BFLOAT16 -> target.set(SHORT, index * 2, bfloat16(value));
            case FLOAT16 -> target.set(SHORT, index * 2, Float.floatToFloat16(value));
            case FLOAT8_E4M3, INT32, INT8, INT64 ->
                throw new IllegalArgumentException(type + " is no type to compute in");
        }
    }

    /** Copies {@code count} elements, converted where the types differ. */
    static void copy(DType from, MemorySegment source, long first, DType to, MemorySegment target, long targetFirst,
            long count) {
        if (from == to) {
            MemorySegment.copy(source, first * from.bytes(), target, targetFirst * to.bytes(), count * to.bytes());
            return;
        }
        for (long i = 0; i < count; i++) {
            set(to, target, targetFirst + i, get(from, source, first + i));
        }
    }

    /** Reads the first {@code count} elements into {@code target} from {@code start} on. */
    static void widen(DType from, MemorySegment source, float[] target, int start, int count) {
        if (from == DType.FLOAT32) {
            MemorySegment.copy(source, FLOAT, 0, target, start, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            target[start + i] = get(from, source, i);
        }
    }

    private static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }
}
