package io.barista.engine.cuda;

import io.barista.engine.EngineException;
import io.barista.engine.backend.KvCache;

/**
 * Keys and values of all layers in one allocation: [layers][blocks][keys, values][kvHeads][blockTokens][headDim].
 *
 * @param layerBytes   from one layer to the next
 * @param fp8          whether they are e4m3, without a scale
 * @param rope         compiled for the shape's head size and block size, as are the others
 */
record CudaKvCache(Shape shape, long address, long layerBytes, boolean fp8, RopeKernels rope, PagedAttention attention)
        implements
            KvCache {

    /** Keys are multiplied 16 at a time, all of one block. */
    static final int BLOCK_MULTIPLE = 16;

    private static final int LARGEST_HEAD = 512;

    /** @throws EngineException INVALID_CONFIG for sizes that the kernels cannot take */
    static void requirePossible(Shape shape, Element element) {
        if (element != Element.FLOAT32 && shape.blockTokens() % BLOCK_MULTIPLE != 0) {
            throw EngineException.of(EngineException.Code.INVALID_CONFIG,
                    "block_size: the cuda backend needs a multiple of %d tokens, asked for was %d", BLOCK_MULTIPLE,
                    shape.blockTokens());
        }
        if (shape.headDim() % 2 != 0 || shape.headDim() > LARGEST_HEAD) {
            throw Unsupported.of("heads of size " + shape.headDim());
        }
    }

    /** What a product that writes to it takes for its scale: 0 where it holds elements, which have none. */
    float scaleOfProducts() {
        return fp8 ? 1 : 0;
    }

    /** Where a layer begins. */
    long layer(int index) {
        return address + index * layerBytes;
    }
}
