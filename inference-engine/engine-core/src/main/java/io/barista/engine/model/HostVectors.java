package io.barista.engine.model;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/** Small vectors joined or changed on the host before they go to the device. */
final class HostVectors {

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    private HostVectors() {}

    /** The vectors one after the other; they must be stored in the same type, as one model's biases are. */
    static HostTensor concatenate(String name, List<HostTensor> vectors) {
        DType dtype = vectors.getFirst().dtype();
        long elements = vectors.stream().mapToLong(HostTensor::elements).sum();
        MemorySegment joined = Arena.ofAuto().allocate(elements * dtype.bytes(), Long.BYTES);
        long offset = 0;
        for (HostTensor vector : vectors) {
            if (vector.dtype() != dtype) {
                throw JsonFile.invalid("weight %s is stored in %s, its neighbour %s in %s; they must be alike",
                        vector.name(), vector.dtype(), vectors.getFirst().name(), dtype);
            }
            MemorySegment.copy(vector.data(), 0, joined, offset, vector.data().byteSize());
            offset += vector.data().byteSize();
        }
        return new HostTensor(name, dtype, List.of(elements), joined);
    }

    /** In float32, whatever the vector is stored in: half the bits of a small weight would be lost beside a one. */
    static HostTensor plusOne(HostTensor vector) {
        int size = Math.toIntExact(vector.elements());
        MemorySegment sum = Arena.ofAuto().allocate((long) size * Float.BYTES, Long.BYTES);
        for (int i = 0; i < size; i++) {
            sum.set(FLOAT, (long) i * Float.BYTES, 1 + element(vector, i));
        }
        return new HostTensor(vector.name(), DType.FLOAT32, vector.shape(), sum);
    }

    private static float element(HostTensor vector, int i) {
        return switch (vector.dtype()) {
            case FLOAT32 -> vector.data().get(FLOAT, (long) i * Float.BYTES);
            case FLOAT16 -> Float.float16ToFloat(vector.data().get(SHORT, (long) i * Short.BYTES));
            case BFLOAT16 -> Float.intBitsToFloat(vector.data().get(SHORT, (long) i * Short.BYTES) << 16);
            case FLOAT8_E4M3, INT32, INT8, INT64 ->
                throw JsonFile.invalid("weight %s is stored in %s; a norm must be F32, F16 or BF16", vector.name(),
                        vector.dtype());
        };
    }
}
