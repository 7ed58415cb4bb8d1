package io.barista.engine.cuda;

import io.barista.engine.EngineException;
import io.barista.engine.backend.KvCache;

/**
 * Rows of latents of all layers in one allocation: [layers][blocks][blockTokens][rank + ropeDim].
 *
 * @param layerBytes from one layer to the next
 */
record CudaLatentCache(Shape shape, long address, long layerBytes) implements KvCache {

    /** @throws EngineException INVALID_CONFIG for rows in 8 bits, which the kernels do not read */
    static void requirePossible(boolean fp8) {
        if (fp8) {
            throw EngineException.of(EngineException.Code.INVALID_CONFIG,
                    "kv_cache_dtype: latent attention keeps its rows in what it computes in, not in fp8; leave it out");
        }
    }

    /** Where a layer begins. */
    long layer(int index) {
        return address + index * layerBytes;
    }
}
