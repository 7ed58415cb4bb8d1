package io.barista.engine;

import io.barista.engine.output.RequestOutput;
import io.barista.engine.scheduler.Sequence;
import java.util.List;

/** A request inside the engine loop: its sequences, and where their tokens go. */
final class ActiveRequest {

    private final RequestOutput output;
    private final List<Sequence> sequences;
    private int unfinished;
    private boolean started;

    ActiveRequest(RequestOutput output, List<Sequence> sequences) {
        this.output = output;
        this.sequences = sequences;
        this.unfinished = sequences.size();
    }

    RequestOutput output() {
        return output;
    }

    List<Sequence> sequences() {
        return sequences;
    }

    /** True the first time only. */
    boolean start() {
        boolean first = !started;
        started = true;
        return first;
    }

    boolean hasStarted() {
        return started;
    }

    /** Counts one sequence as ended; true when it was the last. */
    boolean finishOne() {
        return --unfinished == 0;
    }
}
