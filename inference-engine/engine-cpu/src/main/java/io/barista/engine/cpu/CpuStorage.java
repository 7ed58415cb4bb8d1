package io.barista.engine.cpu;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.RopeTable;

/** Activations, vectors and tables as float arrays, rounded to bfloat16 where that is what is computed in; and what crosses to and from them. */
final class CpuStorage {

    private static final int MOST_ELEMENTS = Integer.MAX_VALUE - 8;

    private final DType compute;

    CpuStorage(DType compute) {
        this.compute = compute;
    }

    DeviceBuffer allocate(String name, DType dtype, long elements) {
        if (dtype != DType.FLOAT32 && dtype != compute) {
            throw new IllegalArgumentException("%s: expected FLOAT32 or %s, got %s".formatted(name, compute, dtype));
        }
        if (elements < 1 || elements > MOST_ELEMENTS) {
            throw new IllegalArgumentException(
                    "%s: %d elements asked for, 1 to %d are possible".formatted(name, elements, MOST_ELEMENTS));
        }
        return new CpuBuffer(name, dtype, new float[(int) elements]);
    }

    DeviceBuffer vector(HostTensor vector) {
        HostTensors.requireFloating(vector);
        float[] values = new float[Math.toIntExact(vector.elements())];
        HostTensors.widen(vector.dtype(), vector.data(), 0, values, values.length);
        round(compute, values, 0, values.length);
        return new CpuBuffer(vector.name(), compute, values);
    }

    RopeTable rope(float[] cosSin, int positions, int rotaryDim) {
        if (rotaryDim < 2 || rotaryDim % 2 != 0 || cosSin.length != Math.multiplyExact(positions, rotaryDim)) {
            throw new IllegalArgumentException("rope table of %d floats for %d positions of rotary dimension %d"
                    .formatted(cosSin.length, positions, rotaryDim));
        }
        return new CpuRopeTable(cosSin.clone(), positions, rotaryDim);
    }

    void write(DeviceBuffer target, long offset, float[] source, int count) {
        float[] values = ((CpuBuffer) target).values();
        if (offset < 0 || count < 0 || count > source.length || offset + count > values.length) {
            throw new IllegalArgumentException("%d of %d elements to %d of %s, which has %d".formatted(count,
                    source.length, offset, target.name(), values.length));
        }
        System.arraycopy(source, 0, values, (int) offset, count);
        round(target.dtype(), values, (int) offset, (int) offset + count);
    }

    void read(DeviceBuffer source, long offset, float[] target, int count) {
        float[] values = ((CpuBuffer) source).values();
        if (offset < 0 || count < 0 || count > target.length || offset + count > values.length) {
            throw new IllegalArgumentException(
                    "%d elements from %d of %s, which has %d, into %d".formatted(count, offset, source.name(),
                            values.length, target.length));
        }
        System.arraycopy(values, (int) offset, target, 0, count);
    }

    private static void round(DType dtype, float[] values, int from, int to) {
        if (dtype == DType.BFLOAT16) {
            Bfloat16.round(values, from, to);
        }
    }
}
