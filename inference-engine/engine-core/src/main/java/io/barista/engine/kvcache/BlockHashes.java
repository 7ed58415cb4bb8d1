package io.barista.engine.kvcache;

import java.util.Arrays;

/** The chained hashes of one sequence's full blocks, two longs each, after the root that the first one is chained to. */
final class BlockHashes {

    private long[] values = new long[16]; // root, then block by block: high, low
    private int count; // blocks
    private boolean ofLongSequence;

    void root(long high, long low) {
        values[0] = high;
        values[1] = low;
        count = 0;
    }

    /**
     * Begins anew, under a root of its own, when the sequence has become a long one: its keys are other ones from then on.
     * Idempotent.
     */
    void becomeLong() {
        if (!ofLongSequence) {
            ofLongSequence = true;
            root(~values[0], ~values[1]);
        }
    }

    boolean ofLongSequence() {
        return ofLongSequence;
    }

    void add(long high, long low) {
        int at = 2 * (count + 1);
        if (at == values.length) {
            values = Arrays.copyOf(values, 2 * at);
        }
        values[at] = high;
        values[at + 1] = low;
        count++;
    }

    BlockHashes copy() {
        BlockHashes copy = new BlockHashes();
        copy.values = values.clone();
        copy.count = count;
        copy.ofLongSequence = ofLongSequence;
        return copy;
    }

    /** Blocks hashed so far. */
    int size() {
        return count;
    }

    long high(int block) {
        return values[2 * (block + 1)];
    }

    long low(int block) {
        return values[2 * (block + 1) + 1];
    }

    long lastHigh() {
        return values[2 * count];
    }

    long lastLow() {
        return values[2 * count + 1];
    }
}
