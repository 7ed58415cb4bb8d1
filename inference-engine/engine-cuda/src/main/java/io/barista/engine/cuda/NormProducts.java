package io.barista.engine.cuda;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.HeadsInCache;
import org.jspecify.annotations.Nullable;

/**
 * A kernel that normalises a few rows, multiplies them by a matrix and does what follows in one launch.
 *
 * @param <W> the weights that it reads
 */
interface NormProducts<W extends CudaWeights> {

    /** @param floatOut whether the output is float32, without a bias */
    void normMultiply(W w, @Nullable CudaVector bias, long x, CudaVector norm, float eps, int rows, long out,
            boolean floatOut);

    /** Of a gate above an up projection: out: [rows, outputs / 2] = act(gate) · up. */
    void normMultiplyGated(W w, @Nullable CudaVector bias, long x, CudaVector norm, float eps, Activation activation,
            int rows, long out);

    /** Queries to {@code out}, keys and values to the cache, for heads that {@link WholeHeads#takes}. */
    void normMultiplyToCache(W w, @Nullable CudaVector bias, long x, CudaVector norm, float eps, int rows, long out,
            HeadsInCache heads, StepMemory step);
}
