package io.barista.engine.kvcache;

import org.jspecify.annotations.Nullable;

/** The free blocks in the order in which they will be used again; any of them can be taken out in constant time. */
final class FreeBlocks {

    private @Nullable Block first;
    private @Nullable Block last;
    private int size;

    int size() {
        return size;
    }

    /** The block that will be used next; null when none is free. */
    @Nullable
    Block first() {
        return first;
    }

    /** To be used again after all others. */
    void addLast(Block block) {
        block.previous = last;
        block.next = null;
        if (last == null) {
            first = block;
        } else {
            last.next = block;
        }
        last = block;
        size++;
    }

    /** To be used again before all others. */
    void addFirst(Block block) {
        block.previous = null;
        block.next = first;
        if (first == null) {
            last = block;
        } else {
            first.previous = block;
        }
        first = block;
        size++;
    }

    void remove(Block block) {
        Block previous = block.previous;
        Block next = block.next;
        if (previous == null) {
            first = next;
        } else {
            previous.next = next;
        }
        if (next == null) {
            last = previous;
        } else {
            next.previous = previous;
        }
        block.previous = null;
        block.next = null;
        size--;
    }
}
