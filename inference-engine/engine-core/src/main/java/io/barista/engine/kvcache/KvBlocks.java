package io.barista.engine.kvcache;

import java.util.List;

/**
 * Gives sequences their blocks of the KV cache. With prefix caching, full blocks are published under a hash of all tokens up to
 * their end, and a new sequence begins with the blocks that others, running or gone, have computed for the same prefix. Confined to
 * the engine loop.
 */
public final class KvBlocks {

    private final int blockTokens;
    private final boolean prefixCaching;
    private final BlockPool pool;
    private final BlockHasher hasher;

    /** @param salt random, so that hashes cannot be foreseen from outside */
    public KvBlocks(int blocks, int blockTokens, boolean prefixCaching, long salt) {
        this.blockTokens = blockTokens;
        this.prefixCaching = prefixCaching;
        this.pool = new BlockPool(blocks);
        this.hasher = new BlockHasher(blockTokens, salt);
    }

    public BlockTable newTable() {
        return new BlockTable(blockTokens);
    }

    public int total() {
        return pool.total();
    }

    /** Blocks that nobody holds, cached ones included. */
    public int free() {
        return pool.free();
    }

    /** Blocks that {@code tokens} tokens need; rounds up. */
    public int blocksFor(int tokens) {
        return Math.ceilDiv(tokens, blockTokens);
    }

    public boolean cachesPrefixes() {
        return prefixCaching;
    }

    /**
     * Gives an empty table room for all of a sequence's tokens, shared blocks first. The last token is never shared: somebody has
     * to compute the logits that follow it.
     *
     * @return how many leading tokens are already computed, or -1, with nothing changed, when too few blocks are free
     */
    public int admit(BlockTable table, int[] tokens, int length) {
        int hits = prefixCaching ? countHits(table, tokens, length) : 0;
        int freeHits = 0;
        for (int i = 0; i < hits; i++) {
            if (hit(table, i).references == 0) {
                freeHits++;
            }
        }
        int missing = blocksFor(length) - hits;
        if (missing > pool.free() - freeHits) {
            return -1;
        }
        for (int i = 0; i < hits; i++) {
            Block block = hit(table, i);
            pool.share(block);
            table.blocks().add(block);
        }
        table.published(hits);
        take(table, missing);
        return hits * blockTokens;
    }

    /** Makes room for {@code tokens} tokens in total; false, with nothing changed, when too few blocks are free. */
    public boolean grow(BlockTable table, int tokens) {
        int missing = blocksFor(tokens) - table.size();
        if (missing > pool.free()) {
            return false;
        }
        take(table, missing);
        return true;
    }

    /**
     * Lets other sequences share this one's blocks whose tokens, the first {@code computed}, are computed or will be in the step
     * that is being planned: within a step all keys and values of a layer are written before any is read.
     */
    public void publish(BlockTable table, int[] tokens, int computed) {
        if (!prefixCaching) {
            return;
        }
        int full = computed / blockTokens;
        for (int i = table.published(); i < full; i++) {
            pool.publish(table.blocks().get(i), hash(table, tokens, i));
            table.published(i + 1);
        }
    }

    /** Gives up all blocks of a table; shared ones only lose one holder. Idempotent. */
    public void release(BlockTable table) {
        // The end first, so that a prefix outlives what builds on it.
        List<Block> blocks = table.blocks();
        for (int i = blocks.size() - 1; i >= 0; i--) {
            pool.release(blocks.get(i));
        }
        blocks.clear();
        table.published(0);
    }

    /** @throws IllegalStateException when a block is lost or held by nobody */
    public void checkInvariants() {
        pool.checkInvariants();
    }

    private int countHits(BlockTable table, int[] tokens, int length) {
        int most = (length - 1) / blockTokens;
        int hits = 0;
        while (hits < most && pool.find(hash(table, tokens, hits)) != null) {
            hits++;
        }
        return hits;
    }

    private Block hit(BlockTable table, int index) {
        Block block = pool.find(table.hashes().get(index));
        if (block == null) {
            throw new IllegalStateException("a block that was just found is gone");
        }
        return block;
    }

    private BlockHash hash(BlockTable table, int[] tokens, int index) {
        List<BlockHash> hashes = table.hashes();
        for (int i = hashes.size(); i <= index; i++) {
            hashes.add(hasher.next(i == 0 ? hasher.root() : hashes.get(i - 1), tokens, i * blockTokens));
        }
        return hashes.get(index);
    }

    private void take(BlockTable table, int count) {
        for (int i = 0; i < count; i++) {
            table.blocks().add(pool.take());
        }
    }
}
