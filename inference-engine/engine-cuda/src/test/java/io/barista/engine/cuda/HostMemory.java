package io.barista.engine.cuda;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.TreeMap;

/** What a device would hold, in host memory. */
final class HostMemory implements WeightTarget {

    private final TreeMap<Long, MemorySegment> segments = new TreeMap<>();

    @Override
    public long allocate(String what, long bytes) {
        MemorySegment segment = Arena.ofAuto().allocate(bytes, 256);
        segments.put(segment.address(), segment);
        return segment.address();
    }

    @Override
    public void write(HostTensor tensor, DType as, long address) {
        Elements.copy(tensor.dtype(), tensor.data(), 0, as, at(address), 0, tensor.elements());
    }

    @Override
    public void writeElements(HostTensor tensor, long address) {
        write(tensor, DType.BFLOAT16, address);
    }

    /** From an address to the end of the allocation it lies in. */
    MemorySegment at(long address) {
        MemorySegment segment = segments.floorEntry(address).getValue();
        return segment.asSlice(address - segment.address());
    }

    int ints(long address, long index) {
        return at(address).get(ValueLayout.JAVA_INT_UNALIGNED, index * Integer.BYTES);
    }

    float floats(long address, long index) {
        return at(address).get(ValueLayout.JAVA_FLOAT_UNALIGNED, index * Float.BYTES);
    }

    byte bytes(long address, long index) {
        return at(address).get(ValueLayout.JAVA_BYTE, index);
    }

    @Override
    public void writeCodes(Weight.Quantized matrix, long codes, long scales) {
        write(WeightPacking.asItIs(matrix.name(), DType.INT8, matrix.codes()), DType.INT8, codes);
        write(WeightPacking.asItIs(matrix.name(), DType.FLOAT32, matrix.scales()), DType.FLOAT32, scales);
    }
}
