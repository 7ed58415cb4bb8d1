package io.barista.engine.kvcache;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The blocks of one sequence, in order; filled and emptied by {@link KvBlocks}. */
public final class BlockTable {

    private final int blockTokens;
    private final boolean shares;
    private final List<PrefixScope.Medium> media;
    /** Hashes of the sequence's full blocks, as far as computed; they outlive the blocks, so that preemption loses no work. */
    private final BlockHashes hashes;

    private @Nullable Block[] blocks = new Block[16];
    private int size;
    private int published;

    /** @param shares whether other tables of the same root may share blocks with this one */
    BlockTable(int blockTokens, boolean shares, List<PrefixScope.Medium> media) {
        this(blockTokens, shares, media, new BlockHashes());
    }

    private BlockTable(int blockTokens, boolean shares, List<PrefixScope.Medium> media, BlockHashes hashes) {
        this.blockTokens = blockTokens;
        this.shares = shares;
        this.media = media;
        this.hashes = hashes;
    }

    /** Empty, with the same root and the hashes known so far. */
    BlockTable successor() {
        return new BlockTable(blockTokens, shares, media, hashes.copy());
    }

    public int size() {
        return size;
    }

    /** Number of the block at {@code index}. */
    public int number(int index) {
        return block(index).number;
    }

    /** Where the key and value of the token at {@code position} are: block · blockTokens + offset. */
    public int slot(int position) {
        return number(position / blockTokens) * blockTokens + position % blockTokens;
    }

    Block block(int index) {
        Block block = index < size ? blocks[index] : null;
        if (block == null) {
            throw new IndexOutOfBoundsException(index);
        }
        return block;
    }

    void add(Block block) {
        if (size == blocks.length) {
            blocks = Arrays.copyOf(blocks, 2 * size);
        }
        blocks[size++] = block;
    }

    Block removeLast() {
        Block last = block(size - 1);
        blocks[--size] = null;
        return last;
    }

    boolean shares() {
        return shares;
    }

    List<PrefixScope.Medium> media() {
        return media;
    }

    BlockHashes hashes() {
        return hashes;
    }

    /** Leading blocks that have been offered to other sequences, or came from them. */
    int published() {
        return published;
    }

    void published(int count) {
        this.published = count;
    }
}
