package io.barista.engine.cuda;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.HeadsInCache;

/** {@code heads.cuh}: what a product needs to rotate queries and keys itself and to write keys and values to the cache. */
final class WholeHeads {

    /** Outputs of a tile, which is of one head. */
    private static final int TILE = 16;

    private WholeHeads() {}

    /** Whether they are rotated whole, and are not normalised. */
    static boolean takes(HeadsInCache heads) {
        return heads.queryNorm() == null && heads.keyNorm() == null && heads.attention().headDim() % TILE == 0
                && ((CudaRopeTable) heads.rope()).rotaryDim() == heads.attention().headDim();
    }

    /** Gives the kernel its last arguments. */
    static Kernel give(Kernel kernel, HeadsInCache heads, StepMemory step) {
        AttentionSpec attention = heads.attention();
        CudaKvCache cache = (CudaKvCache) heads.cache();
        float scale = cache.scaleOfProducts();
        return kernel.pointer(step.ropeRows()).pointer(step.slots()).pointer(((CudaRopeTable) heads.rope()).address())
                .pointer(cache.layer(heads.layer())).integer(attention.heads()).integer(attention.kvHeads())
                .integer(attention.headDim()).integer(cache.shape().blockTokens()).real(scale).real(scale);
    }
}
