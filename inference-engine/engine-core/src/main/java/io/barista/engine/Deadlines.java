package io.barista.engine;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The requests that must end by some time, the next one first. */
final class Deadlines {

    private final PriorityQueue<ActiveRequest> requests = new PriorityQueue<>(
            Comparator.comparingLong(request -> request.accepted().deadlineNanos()));

    void add(ActiveRequest request) {
        if (request.accepted().hasDeadline()) {
            requests.add(request);
        }
    }

    void remove(ActiveRequest request) {
        if (request.accepted().hasDeadline()) {
            requests.remove(request);
        }
    }

    /** A request whose time is up; null when there is none. It stays until it is {@link #remove removed}. */
    @Nullable
    ActiveRequest expired(long nowNanos) {
        ActiveRequest next = requests.peek();
        return next != null && next.accepted().deadlineNanos() - nowNanos <= 0 ? next : null;
    }
}
