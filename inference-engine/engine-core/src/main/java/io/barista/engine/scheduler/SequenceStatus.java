package io.barista.engine.scheduler;

/** Where a sequence is in its life; it may go back from running to preempted, and from there to running again. */
public enum SequenceStatus {

    /** Has not begun. */
    WAITING,

    /** Holds blocks and gets tokens. */
    RUNNING,

    /** Lost its blocks to an older sequence; waits to be computed again. */
    PREEMPTED,

    /** Is done, or was aborted; holds nothing. */
    FINISHED
}
