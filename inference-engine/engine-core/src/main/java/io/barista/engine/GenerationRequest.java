package io.barista.engine;

/**
 * One tokenized request. Immutable, so it may cross to the engine thread.
 *
 * @param id           unique while the request lives; shown in logs
 * @param promptTokens complete: nothing is added; not to be changed after submission
 */
public record GenerationRequest(String id, int[] promptTokens, SamplingParams sampling) {}
