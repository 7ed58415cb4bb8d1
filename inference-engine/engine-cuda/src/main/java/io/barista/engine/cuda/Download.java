package io.barista.engine.cuda;

import io.barista.engine.backend.DrawnTokens;
import io.barista.engine.backend.SamplingRows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What one draw gives, on its way to the host. */
final class Download implements AutoCloseable {

    private final Staging staging;
    private int rows;
    private int top;

    Download(int maxRows) {
        this.staging = new Staging(4L * maxRows * (3 + 2 * SamplingRows.MOST_TOP));
    }

    /** @param most probable tokens for each row, or {@link SamplingRows#NO_LOGPROBS} */
    void queue(long tokens, SampledMemory results, int count, int most, Stream stream) {
        rows = count;
        top = most;
        long offset = staging.copyFrom(tokens, 0, 4L * rows, stream);
        if (top != SamplingRows.NO_LOGPROBS) {
            offset = staging.copyFrom(results.logprobs(), offset, 4L * rows, stream);
            offset = staging.copyFrom(results.ranks(), offset, 4L * rows, stream);
            offset = staging.copyFrom(results.topTokens(), offset, 4L * rows * top, stream);
            staging.copyFrom(results.topLogprobs(), offset, 4L * rows * top, stream);
        }
        staging.record(stream);
    }

    /** Waits for it. */
    void fetch(DrawnTokens result) {
        staging.await();
        MemorySegment host = staging.memory();
        MemorySegment.copy(host, ValueLayout.JAVA_INT, 0, result.tokens, 0, rows);
        if (top == SamplingRows.NO_LOGPROBS) {
            return;
        }
        result.top = top;
        MemorySegment.copy(host, ValueLayout.JAVA_FLOAT, 4L * rows, result.logprobs, 0, rows);
        MemorySegment.copy(host, ValueLayout.JAVA_INT, 8L * rows, result.ranks, 0, rows);
        MemorySegment.copy(host, ValueLayout.JAVA_INT, 12L * rows, result.topTokens, 0, rows * top);
        MemorySegment.copy(host, ValueLayout.JAVA_FLOAT, 12L * rows + 4L * rows * top, result.topLogprobs, 0,
                rows * top);
    }

    @Override
    public void close() {
        staging.close();
    }
}
