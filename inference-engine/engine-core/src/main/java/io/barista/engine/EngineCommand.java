package io.barista.engine;

import io.barista.engine.output.RequestOutput;

/** The only way into the engine loop. */
sealed interface EngineCommand {

    /**
     * @param seed      resolved: the request's own, or drawn
     * @param maxLength tokens of prompt and answer at which a sample ends
     */
    record Submit(GenerationRequest request, RequestOutput output, long seed,
            int maxLength) implements EngineCommand {}

    /** Ends all of a request. */
    record Abort(String requestId) implements EngineCommand {}

    /** Ends one sample, whose end the output thread has found in its text. */
    record EndSample(String requestId, int sample) implements EngineCommand {}

    record Shutdown() implements EngineCommand {}
}
