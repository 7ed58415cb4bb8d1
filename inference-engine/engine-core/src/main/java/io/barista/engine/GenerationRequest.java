package io.barista.engine;

import io.barista.engine.grammar.OutputConstraint;
import io.barista.engine.lora.Adapter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One tokenized request. Immutable, so it may cross to the engine thread.
 *
 * @param id           unique while the request lives; shown in logs
 * @param promptTokens complete: nothing is added; not to be changed after submission
 * @param priority     lower is served earlier; other than 0 only under {@code scheduling_policy: priority}
 * @param cacheSalt    only requests of the same salt share prefixes; null is one more salt
 * @param timeout      from submission until the request fails, whatever it has by then; null is never
 * @param constraint   what every sample must look like; null for any text
 * @param adapter      of this very engine's model; null for the base model
 */
public record GenerationRequest(String id, int[] promptTokens, SamplingParams sampling, int priority,
        @Nullable String cacheSalt, @Nullable Duration timeout, @Nullable OutputConstraint constraint,
        @Nullable Adapter adapter) {

    /** Of ordinary priority, without salt, timeout and constraint. */
    public GenerationRequest(String id, int[] promptTokens, SamplingParams sampling) {
        this(id, promptTokens, sampling, 0, null, null);
    }

    /** By the base model. */
    public GenerationRequest(String id, int[] promptTokens, SamplingParams sampling, int priority,
            @Nullable String cacheSalt, @Nullable Duration timeout, @Nullable OutputConstraint constraint) {
        this(id, promptTokens, sampling, priority, cacheSalt, timeout, constraint, null);
    }

    /** The same request, answered with an adapter. */
    public GenerationRequest with(@Nullable Adapter other) {
        return new GenerationRequest(id, promptTokens, sampling, priority, cacheSalt, timeout, constraint, other);
    }

    /** Any text. */
    public GenerationRequest(String id, int[] promptTokens, SamplingParams sampling, int priority,
            @Nullable String cacheSalt, @Nullable Duration timeout) {
        this(id, promptTokens, sampling, priority, cacheSalt, timeout, null);
    }
}
