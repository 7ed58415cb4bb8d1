package io.barista.engine.cuda;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;

/** A range of device memory. {@link DeviceMemory} owns it. */
record CudaBuffer(String name, DType dtype, long elements, long address) implements DeviceBuffer {}
