package io.barista.engine.cpu;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Weights as they lie on disk. @param data [outputs][inputs] */
record ScalarMatrix(String name, DType dtype, int outputs, int inputs, MemorySegment data) implements Matrix {

    static ScalarMatrix stack(String name, List<HostTensor> parts, Arena arena) {
        DType dtype = HostTensors.requireStackable(name, parts);
        int inputs = parts.getFirst().dim(1);
        int outputs = parts.stream().mapToInt(part -> part.dim(0)).reduce(0, Math::addExact);
        MemorySegment data = arena.allocate(Math.multiplyExact((long) outputs * inputs, (long) dtype.bytes()), 64);
        long offset = 0;
        for (HostTensor part : parts) {
            MemorySegment.copy(part.data(), 0, data, offset, part.data().byteSize());
            offset += part.data().byteSize();
        }
        return new ScalarMatrix(name, dtype, outputs, inputs, data);
    }

    void row(int output, float[] target) {
        HostTensors.widen(dtype, data, (long) output * inputs, target, inputs);
    }
}
