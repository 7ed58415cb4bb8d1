package io.barista.engine.cuda;

/**
 * Weights that stay codes on the device.
 *
 * @param packed one matrix
 * @param shape  how dense matrices of this shape are multiplied, for products of many rows
 */
record QuantizedMatrix(String name, PackedWeights packed, MatmulShape shape) implements CudaWeights {

    @Override
    public int outputs() {
        return packed.outputs();
    }

    @Override
    public int inputs() {
        return packed.inputs();
    }
}
