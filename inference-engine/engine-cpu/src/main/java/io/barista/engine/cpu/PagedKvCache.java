package io.barista.engine.cpu;

import io.barista.engine.backend.KvCache;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Keys and values in float32 whatever the weights are, so that answers are those of the float32 reference. Each block of a head is
 * laid out for lanes: keys with tokens side by side, so that scores of L tokens come out of one chain, values with dimensions
 * side by side. P and D are rounded up to whole vectors, which for the usual sizes adds nothing.
 *
 * @param keys   [layers][blocks][K][D][P]
 * @param values [layers][blocks][K][P][D]
 */
record PagedKvCache(Shape shape, int paddedTokens, int paddedDim, MemorySegment keys, MemorySegment values)
        implements
            KvCache {

    static PagedKvCache allocate(Shape shape, Arena arena) {
        int paddedTokens = Lanes.roundUp(shape.blockTokens());
        int paddedDim = Lanes.roundUp(shape.headDim());
        long heads = Math.multiplyExact((long) shape.layers() * shape.blocks(), (long) shape.kvHeads());
        long keyBytes = Math.multiplyExact(heads, (long) shape.headDim() * paddedTokens * Float.BYTES);
        long valueBytes = Math.multiplyExact(heads, (long) shape.blockTokens() * paddedDim * Float.BYTES);
        return new PagedKvCache(shape, paddedTokens, paddedDim, arena.allocate(keyBytes, 64),
                arena.allocate(valueBytes, 64));
    }

    /** Where the keys of a block's head begin, in bytes. */
    long keys(int layer, int block, int kvHead) {
        return head(layer, block, kvHead) * shape.headDim() * paddedTokens * Float.BYTES;
    }

    /** Where the values of a block's head begin, in bytes. */
    long values(int layer, int block, int kvHead) {
        return head(layer, block, kvHead) * shape.blockTokens() * paddedDim * Float.BYTES;
    }

    private long head(int layer, int block, int kvHead) {
        return ((long) layer * shape.blocks() + block) * shape.kvHeads() + kvHead;
    }
}
