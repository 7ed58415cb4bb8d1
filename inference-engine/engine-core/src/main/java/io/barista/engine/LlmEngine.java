package io.barista.engine;

import io.barista.config.EngineConfig;
import io.barista.engine.backend.Backend;
import io.barista.engine.model.ModelFolder;
import java.time.Duration;
import java.util.List;

/**
 * One model, ready to generate: {@link #submit} a tokenized request and receive its events. Thread-safe. Every accepted request ends
 * with exactly one {@link EngineEvent.Completed} or {@link EngineEvent.Failed}, whatever happens.
 */
public final class LlmEngine implements AutoCloseable {

    private LlmEngine() {}

    /**
     * Loads the model and starts the engine's threads; returns when requests can be served.
     *
     * @param backends what this program was built with, best first
     * @throws EngineException INVALID_MODEL or INVALID_CONFIG, with one line that says what to change
     */
    public static LlmEngine start(ModelFolder folder, EngineConfig asked, List<Backend> backends,
            EngineObserver observer) {
        throw new UnsupportedOperationException("under construction");
    }

    /**
     * Queues a request; returns at once. Events arrive on another thread, in order.
     *
     * @throws EngineException INVALID_PARAMETER, CONTEXT_LENGTH_EXCEEDED, QUEUE_FULL or UNAVAILABLE; the listener then hears nothing
     */
    public void submit(GenerationRequest request, EngineListener listener) {
        throw new UnsupportedOperationException("under construction");
    }

    /** Ends a request within one step; unfinished samples end with {@link FinishReason#ABORT}. Idempotent; unknown ids are ignored. */
    public void abort(String requestId) {}

    public ModelFolder model() {
        throw new UnsupportedOperationException("under construction");
    }

    public ResolvedEngineConfig config() {
        throw new UnsupportedOperationException("under construction");
    }

    public EngineStats stats() {
        throw new UnsupportedOperationException("under construction");
    }

    /** Whether requests are served: false once closed or failed. */
    public boolean isAlive() {
        return false;
    }

    /** Time since the engine loop last moved; it also moves, once a second, when there is nothing to do. */
    public Duration sinceHeartbeat() {
        return Duration.ZERO;
    }

    /** Stops the engine. Requests that have not ended fail with UNAVAILABLE. Idempotent; returns when memory is released. */
    @Override
    public void close() {}
}
