package io.barista.gateway.metrics;

import java.util.Locale;

/** How a request ended; the {@code reason} of {@code barista.gateway.requests.ended}. */
public enum EndReason {

    /** The replica's answer was passed on to its end. */
    COMPLETED,

    /** The request was wrong: refused here, or by the replica. */
    CLIENT_ERROR,

    /** The client went away. */
    CLIENT_ABORT,

    /** The client stopped reading, and went on doing so for the whole idle timeout. */
    CLIENT_STALL,

    /** The replica had no room (429), or the gateway had no memory for the body. */
    SHED,

    /** No replica could be reached. */
    UNAVAILABLE,

    /** The replica answered with an error of its own, or broke off. */
    UPSTREAM_ERROR,

    /** The replica fell silent within an answer. */
    IDLE_TIMEOUT,

    /** The request took longer than any may. */
    DEADLINE,

    /** The gateway shut down. */
    SHUTDOWN,

    /** The gateway itself failed. */
    INTERNAL_ERROR;

    /** The name in labels and logs. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
