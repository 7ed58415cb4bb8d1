package io.barista.engine.kvcache;

import java.util.ArrayList;
import java.util.List;

/**
 * Gives sequences their blocks of the KV cache. With prefix caching, full blocks are published under a hash of all tokens up to
 * their end, and a new sequence begins with the blocks that others, running or gone, have computed for the same prefix. Without it,
 * only the samples of one request share the blocks of their prompt. Confined to the engine loop; allocates nothing per step.
 */
public final class KvBlocks {

    private final int blockTokens;
    private final boolean prefixCaching;
    private final int longFrom;
    private final BlockPool pool;
    private final BlockHasher hasher;

    /** @param salt random, so that hashes cannot be foreseen from outside */
    public KvBlocks(int blocks, int blockTokens, boolean prefixCaching, long salt) {
        this(blocks, blockTokens, prefixCaching, salt, Integer.MAX_VALUE);
    }

    /**
     * @param longFrom tokens up to which a sequence is a short one; keys of short and of long sequences are of no use to each other
     */
    public KvBlocks(int blocks, int blockTokens, boolean prefixCaching, long salt, int longFrom) {
        this.longFrom = longFrom;
        this.blockTokens = blockTokens;
        this.prefixCaching = prefixCaching;
        this.pool = new BlockPool(blocks);
        this.hasher = new BlockHasher(blockTokens, salt);
    }

    /** An empty table for each sample of a request. */
    public List<BlockTable> newTables(PrefixScope scope, int samples) {
        boolean shares = prefixCaching || samples > 1;
        long group = prefixCaching ? 0 : hasher.nextGroup();
        List<BlockTable> tables = new ArrayList<>(samples);
        for (int i = 0; i < samples; i++) {
            BlockTable table = new BlockTable(blockTokens, shares, scope.media());
            if (prefixCaching) {
                hasher.root(scope, table.hashes());
            } else {
                hasher.uniqueRoot(table.hashes(), group);
            }
            tables.add(table);
        }
        return tables;
    }

    /** An empty table for a sequence that begins with the tokens of another one's full blocks. */
    public BlockTable successor(BlockTable table) {
        return table.successor();
    }

    /** For a single sequence of text. */
    public BlockTable newTable() {
        return newTables(PrefixScope.PLAIN, 1).getFirst();
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
     * @param mayReuse whether it may begin with blocks of others; it can be found by others in any case
     * @return how many leading tokens are already computed, or -1, with nothing changed, when too few blocks are free
     */
    public int admit(BlockTable table, int[] tokens, int length, boolean mayReuse) {
        if (length > longFrom) {
            table.hashes().becomeLong();
        }
        int hits = table.shares() && mayReuse ? countHits(table, tokens, length) : 0;
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
            table.add(block);
        }
        table.published(hits);
        take(table, missing);
        return hits * blockTokens;
    }

    /** Whether the keys in a table are those of a sequence of that length; if not, it must be computed anew. */
    public boolean fits(BlockTable table, int length) {
        return length <= longFrom || table.hashes().ofLongSequence();
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
        if (!table.shares()) {
            return;
        }
        int full = computed / blockTokens;
        for (int i = table.published(); i < full; i++) {
            hashUpTo(table, tokens, i);
            pool.publish(table.block(i), table.hashes().high(i), table.hashes().low(i));
            table.published(i + 1);
        }
    }

    /** Gives up all blocks of a table; shared ones only lose one holder. Idempotent. */
    public void release(BlockTable table) {
        // The end first, so that a prefix outlives what builds on it.
        while (table.size() > 0) {
            pool.release(table.removeLast());
        }
        table.published(0);
    }

    /** Tables that hold a block, for tests. */
    public int references(int block) {
        return pool.references(block);
    }

    /** @throws IllegalStateException when a block is lost or held by nobody */
    public void checkInvariants() {
        pool.checkInvariants();
    }

    private int countHits(BlockTable table, int[] tokens, int length) {
        int most = (length - 1) / blockTokens;
        int hits = 0;
        while (hits < most) {
            hashUpTo(table, tokens, hits);
            if (pool.find(table.hashes().high(hits), table.hashes().low(hits)) == null) {
                break;
            }
            hits++;
        }
        return hits;
    }

    private Block hit(BlockTable table, int index) {
        Block block = pool.find(table.hashes().high(index), table.hashes().low(index));
        if (block == null) {
            throw new IllegalStateException("a block that was just found is gone");
        }
        return block;
    }

    private void hashUpTo(BlockTable table, int[] tokens, int index) {
        while (table.hashes().size() <= index) {
            hasher.next(table.hashes(), tokens, table.media());
        }
    }

    private void take(BlockTable table, int count) {
        for (int i = 0; i < count; i++) {
            table.add(pool.take());
        }
    }
}
