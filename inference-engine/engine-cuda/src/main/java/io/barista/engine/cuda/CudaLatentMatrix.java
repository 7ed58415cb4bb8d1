package io.barista.engine.cuda;

import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.LatentMatrix;

/**
 * The projection from latents, as it is on disk: the kernel multiplies it into queries and results.
 *
 * @param address of elements [heads · (plainDim + valueDim), rank]
 */
record CudaLatentMatrix(String name, LatentAttentionSpec spec, long address) implements LatentMatrix {}
