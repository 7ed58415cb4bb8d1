package io.barista.engine.kvcache;

import org.jspecify.annotations.Nullable;

/** Published blocks by their hash: open addressing with linear probing, at most half full. Never allocates after its construction. */
final class BlockIndex {

    private final @Nullable Block[] slots;
    private final int mask;
    private int size;

    /** @param blocks how many it may hold */
    BlockIndex(int blocks) {
        int capacity = Math.max(2, Integer.highestOneBit(Math.max(1, blocks - 1)) << 2);
        this.slots = new Block[capacity];
        this.mask = capacity - 1;
    }

    int size() {
        return size;
    }

    @Nullable
    Block find(long high, long low) {
        for (int at = home(low); true; at = at + 1 & mask) {
            Block block = slots[at];
            if (block == null || block.hashHigh == high && block.hashLow == low) {
                return block;
            }
        }
    }

    /** @param block whose hash is not there yet */
    void add(Block block) {
        int at = home(block.hashLow);
        while (slots[at] != null) {
            at = at + 1 & mask;
        }
        slots[at] = block;
        size++;
    }

    /** Takes a block out, and moves what was pushed behind it closer to its home, so that it is found without gaps. */
    void remove(Block block) {
        int gap = home(block.hashLow);
        while (slots[gap] != block) {
            if (slots[gap] == null) {
                throw new IllegalStateException("block " + block.number + " is not in the index");
            }
            gap = gap + 1 & mask;
        }
        slots[gap] = null;
        size--;
        for (int at = gap + 1 & mask; slots[at] instanceof Block moved; at = at + 1 & mask) {
            if ((at - home(moved.hashLow) & mask) >= (at - gap & mask)) {
                slots[gap] = moved;
                slots[at] = null;
                gap = at;
            }
        }
    }

    /** The hash is a digest's, so any of its bits are as good as mixed ones. */
    private int home(long low) {
        return (int) low & mask;
    }
}
