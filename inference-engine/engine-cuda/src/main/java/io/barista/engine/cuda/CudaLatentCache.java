package io.barista.engine.cuda;

import io.barista.engine.backend.KvCache;

/**
 * Rows of latents of all layers in one allocation: [layers][blocks][blockTokens][rank + ropeDim].
 *
 * @param layerBytes from one layer to the next
 */
record CudaLatentCache(Shape shape, long address, long layerBytes) implements KvCache {

    /** Where a layer begins. */
    long layer(int index) {
        return address + index * layerBytes;
    }
}
