package io.barista.engine.cpu;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;

/**
 * Activations and vectors live on the Java heap as float32 whatever their type says: a BFLOAT16 buffer holds floats that were
 * rounded to bfloat16.
 */
record CpuBuffer(String name, DType dtype, float[] values) implements DeviceBuffer {

    @Override
    public long elements() {
        return values.length;
    }
}
