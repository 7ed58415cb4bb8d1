package io.barista.engine;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the requests that wait. Submitting threads enter, the engine loop lets out; what could start at once does not count as
 * waiting, so a burst into an idle engine is not refused.
 */
final class AdmissionGate {

    private final int maxQueued;
    private final AtomicInteger queued = new AtomicInteger();
    private volatile int freeSeats;

    /** @param maxQueued -1 is no limit */
    AdmissionGate(int maxQueued, int freeSeats) {
        this.maxQueued = maxQueued;
        this.freeSeats = freeSeats;
    }

    /** @throws EngineException QUEUE_FULL */
    void enter() {
        int before = queued.getAndIncrement();
        if (maxQueued >= 0 && before >= maxQueued + freeSeats) {
            queued.getAndDecrement();
            throw EngineException.of(EngineException.Code.QUEUE_FULL,
                    "%d requests are already waiting (max_queued_requests); try again later", maxQueued);
        }
    }

    /** A request has started, or has gone before it did. */
    void leave() {
        queued.getAndDecrement();
    }

    /** @param seats sequences that could start in the next step; 0 while blocks are short */
    void freeSeats(int seats) {
        if (freeSeats != seats) {
            freeSeats = seats;
        }
    }
}
