package io.barista.engine.cuda;

import java.nio.ByteBuffer;

/**
 * One operation of a step, as {@code decode_step.cu} reads it. Addresses that an operation has no use for are 0.
 *
 * @param memory  weights [outputs, inputs], the table of embeddings, or the layer's part of the cache
 * @param bias    of a product; of attention the norm of each head of queries
 * @param norm    of a product's source; of attention the norm of each head of keys
 * @param angles  of attention: cosines and sines
 * @param detail  of a gated product its activation, of attention its window
 * @param outputs rows of the weights
 * @param source  where it reads, in words of the workspace
 * @param target  where it writes, in words of the workspace
 * @param addend  the operation that wrote what it adds to
 * @param first   the block that takes the first tile
 * @param tiles   parts that blocks take in turn
 */
record StepOperation(Kind kind, long memory, long bias, long norm, long angles, int detail, int outputs, int inputs,
        int source, int target, int addend, int first, int tiles) {

    static final int BYTES = 80;

    private static final int TILE = 16;
    private static final int HALF_TILE = 8;

    /** In the kernel's order. */
    enum Kind {
        EMBED, LINEAR, ADD, GATED, LOGITS, ATTEND
    }

    /** Tiles of a product on a device of so many blocks. */
    static int tiles(Kind kind, int outputs, int blocks) {
        return Math.ceilDiv(width(kind, outputs), tileWidth(kind, outputs, blocks));
    }

    /** Columns that it writes. */
    private static int width(Kind kind, int outputs) {
        return kind == Kind.GATED ? outputs / 2 : outputs;
    }

    /** Columns that it writes of a tile: half of 16 where gates meet ups, and where whole tiles would leave half of the blocks idle. */
    private static int tileWidth(Kind kind, int outputs, int blocks) {
        return kind == Kind.GATED || outputs <= HALF_TILE * blocks ? HALF_TILE : TILE;
    }

    /** Rows from one weight to the one that meets it; all of them where none does. */
    private static int upper(Kind kind, int outputs, int blocks) {
        if (kind == Kind.GATED) {
            return outputs / 2;
        }
        return tileWidth(kind, outputs, blocks) == TILE ? HALF_TILE : outputs;
    }

    void write(ByteBuffer target, int blocks) {
        target.putLong(memory).putLong(bias).putLong(norm).putLong(angles);
        target.putInt(kind.ordinal()).putInt(detail).putInt(outputs).putInt(inputs).putInt(source).putInt(this.target)
                .putInt(addend).putInt(first).putInt(tiles).putInt(tileWidth(kind, outputs, blocks))
                .putInt(upper(kind, outputs, blocks)).putInt(width(kind, outputs));
    }
}
