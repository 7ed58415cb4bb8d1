package io.barista.config;

/** The {@code scheduling_policy} knob: who of those that wait is served first, and who gives up blocks last. */
public enum SchedulingPolicy {

    /** First come, first served. */
    FCFS,

    /** The lower {@code priority} of a request first; among equals as {@link #FCFS}. */
    PRIORITY
}
