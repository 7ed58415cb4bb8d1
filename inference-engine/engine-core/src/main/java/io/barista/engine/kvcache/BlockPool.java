package io.barista.engine.kvcache;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All blocks of the KV cache. A block is held by the tables that count on it, or it is free; a free block that was published keeps
 * its content, and can be found again by its hash, until it is the least recently used. Confined to the engine loop.
 */
final class BlockPool {

    private final Block[] all;
    private final FreeBlocks free = new FreeBlocks();
    private final Map<BlockHash, Block> byHash = new HashMap<>();

    BlockPool(int blocks) {
        this.all = new Block[blocks];
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
        if (block.hash != null) {
            byHash.remove(block.hash);
            block.hash = null;
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
        if (block.hash == null) {
            // Nobody can find its content, so it goes before any that may still be of use.
            free.addFirst(block);
        } else {
            free.addLast(block);
        }
    }

    /** The block with that content; null when there is none. */
    @Nullable
    Block find(BlockHash hash) {
        return byHash.get(hash);
    }

    /** Lets others find a full block. The first block with some content wins; later ones stay private. */
    void publish(Block block, BlockHash hash) {
        if (block.hash == null && byHash.putIfAbsent(hash, block) == null) {
            block.hash = hash;
        }
    }

    /** For tests and assertions: every block is held or free, and what can be found is what it says. */
    void checkInvariants() {
        int held = 0;
        for (Block block : all) {
            if (block.references < 0) {
                throw new IllegalStateException("block " + block.number + " has " + block.references + " references");
            }
            if (block.references > 0) {
                held++;
            }
            if (block.hash != null && byHash.get(block.hash) != block) {
                throw new IllegalStateException("block " + block.number + " cannot be found by its hash");
            }
        }
        if (held + free.size() != all.length) {
            throw new IllegalStateException(
                    "%d blocks held and %d free are not %d".formatted(held, free.size(), all.length));
        }
        byHash.forEach((hash, block) -> {
            if (!hash.equals(block.hash)) {
                throw new IllegalStateException("block " + block.number + " is found by a hash it no longer has");
            }
        });
    }
}
