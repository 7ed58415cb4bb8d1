package io.barista.engine;

import io.barista.engine.output.RequestOutput;

/** The only way into the engine loop. */
sealed interface EngineCommand {

    record Submit(AcceptedRequest accepted, RequestOutput output) implements EngineCommand {}

    /** Ends all of a request. */
    record Abort(String requestId) implements EngineCommand {}

    /** Ends one sample, whose end the output thread has found in its text. */
    record EndSample(String requestId, int sample) implements EngineCommand {}

    record Shutdown() implements EngineCommand {}
}
