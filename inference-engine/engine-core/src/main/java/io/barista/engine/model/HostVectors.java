package io.barista.engine.model;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Small vectors joined on the host before they go to the device. */
final class HostVectors {

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
}
