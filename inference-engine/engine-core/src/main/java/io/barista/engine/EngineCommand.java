package io.barista.engine;

import io.barista.engine.lora.Adapter;
import io.barista.engine.output.RequestOutput;

/** The only way into the engine loop. */
sealed interface EngineCommand {

    record Submit(AcceptedRequest accepted, RequestOutput output) implements EngineCommand {}

    /** Ends all of a request. */
    record Abort(String requestId) implements EngineCommand {}

    /** Ends one sample, whose end the output thread has found in its text. */
    record EndSample(String requestId, int sample) implements EngineCommand {}

    /** A slot of the device has its adapter. */
    record SlotFilled(int slot) implements EngineCommand {}

    /** A slot could not be filled. */
    record SlotFailed(int slot, Adapter adapter, Throwable reason) implements EngineCommand {}

    record Shutdown() implements EngineCommand {}
}
