package io.barista.engine.cuda;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;

/**
 * A norm weight or a bias, kept twice: own kernels read float32, cuBLASLt adds biases in the type of its output.
 *
 * @param address float32 [elements]
 * @param rounded [elements] in the activations' type
 */
record CudaVector(String name, long elements, long address, long rounded) implements DeviceBuffer {

    @Override
    public DType dtype() {
        return DType.FLOAT32;
    }
}
