package io.barista.engine;

import io.barista.engine.model.ModelFolder;
import java.time.Duration;

/** One model at work, whatever it makes of requests. */
public sealed interface Engine extends AutoCloseable permits LlmEngine, EmbeddingEngine {

    /** What runs, as opposed to what was asked for. */
    ResolvedEngineConfig config();

    /** The folder the model came from. */
    ModelFolder model();

    /** Whether requests are served: false once closed or failed. */
    boolean isAlive();

    /** Time since its loop last moved; it also moves, once a second, when there is nothing to do. */
    Duration sinceHeartbeat();

    /** Returns when the engine has ended, because it was closed or because it failed. */
    void awaitEnd();

    /** Requests in flight fail. */
    @Override
    void close();
}
