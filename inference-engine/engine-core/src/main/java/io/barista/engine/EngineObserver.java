package io.barista.engine;

/**
 * Receives numbers for metrics. Called on engine threads while requests wait: implementations only record, and never block.
 */
public interface EngineObserver {

    /** Records nothing. */
    EngineObserver NONE = new EngineObserver() {};

    /**
     * One step of the engine ended.
     *
     * @param sequences sequences in the step
     * @param tokens    tokens computed, of prompts and answers together
     * @param nanos     from planning, or from the end of the step before where that was later, to sampled tokens
     * @param waited    nanoseconds of these that the engine waited for the backend; the rest is the host's
     */
    default void onStep(StepPhase phase, int sequences, int tokens, long nanos, long waited) {}

    /** A sample has its first token; {@code nanos} since its request was submitted (TTFT). */
    default void onFirstToken(long nanos) {}

    /** A sample has its next token; {@code nanos} since the one before (ITL). */
    default void onNextToken(long nanos) {}

    /** A request ended, however it ended. Called exactly once for every accepted request. */
    default void onFinish(RequestTimings request) {}
}
