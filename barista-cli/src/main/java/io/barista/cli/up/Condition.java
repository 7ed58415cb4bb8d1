package io.barista.cli.up;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** How a service is. */
enum Condition {

    @JsonProperty("starting")
    STARTING,

    @JsonProperty("ready")
    READY,

    /** Told to stop: it finishes what it has begun. */
    @JsonProperty("draining")
    DRAINING,

    /** It ended without being told to; it stays failed until its next start is ready. */
    @JsonProperty("failed")
    FAILED,

    @JsonProperty("stopped")
    STOPPED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
