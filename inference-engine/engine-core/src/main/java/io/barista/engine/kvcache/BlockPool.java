package io.barista.engine.kvcache;

import org.jspecify.annotations.Nullable;

/**
 * All blocks of the KV cache. A block is held by the tables that count on it, or it is free; a free block that was published keeps
 * its content, and can be found again by its hash, until it is the least recently used. Confined to the engine loop.
 */
final class BlockPool {

    private final Block[] all;
    private final FreeBlocks free = new FreeBlocks();
    private final BlockIndex byHash;

    BlockPool(int blocks) {
        this.all = new Block[blocks];
        this.byHash = new BlockIndex(blocks);
        for (int i = 0; i < blocks; i++) {
            all[i] = new Block(i);
            free.addLast(all[i]);
        }
    }

    int total() {
        return all.length;
    }

    int free() {
        return free.size();
    }

    /** A block for new content, held once. Only to be called while one is free. */
    Block take() {
        Block block = free.first();
        if (block == null) {
            throw new IllegalStateException("no block is free");
        }
        free.remove(block);
        if (block.published) {
            byHash.remove(block);
            block.published = false;
        }
        block.references = 1;
        return block;
    }

    /** Holds a block that was found by its hash. */
    void share(Block block) {
        if (block.references == 0) {
            free.remove(block);
        }
        block.references++;
    }

    /** Gives up one hold. */
    void release(Block block) {
        if (block.references == 0) {
            throw new IllegalStateException("block " + block.number + " is released more often than held");
        }
        block.references--;
        if (block.references > 0) {
            return;
        }
        if (!block.published) {
            // Nobody can find its content, so it goes before any that may still be of use.
            free.addFirst(block);
        } else {
            free.addLast(block);
        }
    }

    /** The block with that content; null when there is none. */
    @Nullable
    Block find(long hashHigh, long hashLow) {
        return byHash.find(hashHigh, hashLow);
    }

    /** Lets others find a full block. The first block with some content wins; later ones stay private. */
    void publish(Block block, long hashHigh, long hashLow) {
        if (!block.published && byHash.find(hashHigh, hashLow) == null) {
            block.hashHigh = hashHigh;
            block.hashLow = hashLow;
            block.published = true;
            byHash.add(block);
        }
    }

    /** For tests and assertions: every block is held or free, and what can be found is what it says. */
    void checkInvariants() {
        int held = 0;
        int published = 0;
        for (Block block : all) {
            if (block.references < 0) {
                throw new IllegalStateException("block " + block.number + " has " + block.references + " references");
            }
            held += block.references > 0 ? 1 : 0;
            published += block.published ? 1 : 0;
            if (block.published && byHash.find(block.hashHigh, block.hashLow) != block) {
                throw new IllegalStateException("block " + block.number + " cannot be found by its hash");
            }
        }
        if (held + free.size() != all.length) {
            throw new IllegalStateException(
                    "%d blocks held and %d free are not %d".formatted(held, free.size(), all.length));
        }
        if (published != byHash.size()) {
            throw new IllegalStateException("%d blocks are published, but %d can be found".formatted(published,
                    byHash.size()));
        }
    }

    /** Tables that hold a block, for tests. */
    int references(int number) {
        return all[number].references;
    }
}
