package io.barista.gateway.body;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the bytes of all request bodies being held, so that many large ones cannot exhaust the heap together. */
final class BodyMemory {

    private final long capacity;
    private final AtomicLong used = new AtomicLong();

    BodyMemory(long capacityBytes) {
        this.capacity = capacityBytes;
    }

    /** Takes the bytes, or nothing when there is no room for them. */
    boolean tryTake(long bytes) {
        if (used.addAndGet(bytes) <= capacity) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    void giveBack(long bytes) {
        used.addAndGet(-bytes);
    }

    long usedBytes() {
        return used.get();
    }
}
