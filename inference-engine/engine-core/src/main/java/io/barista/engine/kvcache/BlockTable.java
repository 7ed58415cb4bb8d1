package io.barista.engine.kvcache;

import java.util.ArrayList;
import java.util.List;

/** The blocks of one sequence, in order; filled and emptied by {@link KvBlocks}. */
public final class BlockTable {

    private final int blockTokens;
    private final List<Block> blocks = new ArrayList<>();
    /** Hashes of the sequence's full blocks, as far as computed; they outlive the blocks, so that preemption loses no work. */
    private final List<BlockHash> hashes = new ArrayList<>();
    private int published;

    BlockTable(int blockTokens) {
        this.blockTokens = blockTokens;
    }

    public int size() {
        return blocks.size();
    }

    /** Number of the block at {@code index}. */
    public int number(int index) {
        return blocks.get(index).number;
    }

    /** Where the key and value of the token at {@code position} are: block · blockTokens + offset. */
    public int slot(int position) {
        return blocks.get(position / blockTokens).number * blockTokens + position % blockTokens;
    }

    List<Block> blocks() {
        return blocks;
    }

    List<BlockHash> hashes() {
        return hashes;
    }

    /** Leading blocks that have been offered to other sequences, or came from them. */
    int published() {
        return published;
    }

    void published(int blocks) {
        this.published = blocks;
    }
}
