package io.barista.engine.cuda;

import io.barista.engine.backend.SamplingRows;

/** Where {@code row_logprobs} puts what it finds, for as many rows as a step may have. */
final class SampledMemory {

    private final long address;
    private final long maxRows;

    SampledMemory(DeviceMemory memory, int maxRows) {
        this.maxRows = maxRows;
        this.address = memory.allocate("log-probabilities", 4L * maxRows * (2 + 2 * SamplingRows.MOST_TOP));
    }

    long logprobs() {
        return address;
    }

    long ranks() {
        return address + 4 * maxRows;
    }

    long topTokens() {
        return address + 8 * maxRows;
    }

    long topLogprobs() {
        return topTokens() + 4 * maxRows * SamplingRows.MOST_TOP;
    }
}
