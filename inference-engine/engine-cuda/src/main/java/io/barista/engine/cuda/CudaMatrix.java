package io.barista.engine.cuda;

/**
 * Dense weights in the activations' type.
 *
 * @param address [outputs, inputs], row-major
 * @param shape   how matrices of this shape are multiplied
 */
record CudaMatrix(String name, int outputs, int inputs, long address, MatmulShape shape) implements CudaWeights {}
