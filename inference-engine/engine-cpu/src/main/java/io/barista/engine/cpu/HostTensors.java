package io.barista.engine.cpu;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Reads what a model folder holds; weights files are little-endian and not always aligned. */
final class HostTensors {

    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private HostTensors() {}

    /** Whether elements of this type can be widened to float32 without a scale. */
    static boolean isFloating(DType dtype) {
        return switch (dtype) {
            case FLOAT32, FLOAT16, BFLOAT16 -> true;
            case FLOAT8_E4M3, INT32, INT8, INT64 -> false;
        };
    }

    static void requireFloating(HostTensor tensor) {
        if (!isFloating(tensor.dtype())) {
            throw new IllegalArgumentException("%s is %s; the cpu backend takes FLOAT32, FLOAT16 and BFLOAT16"
                    .formatted(tensor.name(), tensor.dtype()));
        }
        long expected = Math.multiplyExact(tensor.elements(), (long) tensor.dtype().bytes());
        if (tensor.data().byteSize() != expected) {
            throw new IllegalArgumentException("%s holds %d bytes, its shape %s of %s needs %d".formatted(tensor.name(),
                    tensor.data().byteSize(), tensor.shape(), tensor.dtype(), expected));
        }
    }

    static void requireFloatMatrix(HostTensor tensor) {
        requireFloating(tensor);
        if (tensor.shape().size() != 2) {
            throw new IllegalArgumentException(
                    "%s has shape %s; expected [outputs, inputs]".formatted(tensor.name(), tensor.shape()));
        }
    }

    /** Widens {@code count} elements that start at element {@code from} of {@code data}. */
    static void widen(DType dtype, MemorySegment data, long from, float[] target, int count) {
        switch (dtype) {
            case FLOAT32 -> MemorySegment.copy(data, FLOAT, from * Float.BYTES, target, 0, count);
            case BFLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    target[i] = Bfloat16.toFloat(data.get(SHORT, (from + i) * Short.BYTES));
                }
            }
            case FLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    target[i] = Float.float16ToFloat(data.get(SHORT, (from + i) * Short.BYTES));
                }
            }
            case FLOAT8_E4M3, INT32, INT8, INT64 -> throw new IllegalArgumentException(dtype + " needs a scale");
        }
    }

    /** One element, widened. */
    static float value(DType dtype, MemorySegment data, long index) {
        return switch (dtype) {
            case FLOAT32 -> data.get(FLOAT, index * Float.BYTES);
            case BFLOAT16 -> Bfloat16.toFloat(data.get(SHORT, index * Short.BYTES));
            case FLOAT16 -> Float.float16ToFloat(data.get(SHORT, index * Short.BYTES));
            case FLOAT8_E4M3, INT32, INT8, INT64 -> throw new IllegalArgumentException(dtype + " needs a scale");
        };
    }

    /** Rounded to bfloat16, in memory of {@code arena}. */
    static HostTensor toBfloat16(HostTensor tensor, Arena arena) {
        long elements = tensor.elements();
        MemorySegment rounded = arena.allocate(Math.multiplyExact(elements, (long) Short.BYTES), 8);
        float[] piece = new float[(int) Math.min(elements, 4096)];
        for (long from = 0; from < elements; from += piece.length) {
            int count = (int) Math.min(piece.length, elements - from);
            widen(tensor.dtype(), tensor.data(), from, piece, count);
            for (int i = 0; i < count; i++) {
                rounded.set(SHORT, (from + i) * Short.BYTES, Bfloat16.fromFloat(piece[i]));
            }
        }
        return new HostTensor(tensor.name(), DType.BFLOAT16, tensor.shape(), rounded);
    }
}
