package io.barista.engine.kvcache;

import org.jspecify.annotations.Nullable;

/** A fixed number of tokens' keys and values, and who needs them. Mutated by {@link BlockPool} alone. */
final class Block {

    /** Its place in the device's cache. */
    final int number;

    /** Tables that hold it; at 0 it is on the free list, where it keeps its content until it is given to somebody else. */
    int references;

    /** Whether its content, full by then, may be found by its hash. */
    boolean published;

    /** What its content is, while it is published. */
    long hashHigh;
    long hashLow;

    // Neighbours on the free list.
    @Nullable
    Block previous;
    @Nullable
    Block next;

    Block(int number) {
        this.number = number;
    }
}
