package io.barista.engine;

import io.barista.engine.grammar.OutputConstraint;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One tokenized request. Immutable, so it may cross to the engine thread.
 *
 * @param id           unique while the request lives; shown in logs
 * @param promptTokens complete: nothing is added; not to be changed after submission
 * @param constraint   what every sample must look like; null for any text
 * @param priority     lower is served earlier; other than 0 only under {@code scheduling_policy: priority}
 * @param cacheSalt    only requests of the same salt share prefixes; null is one more salt
 * @param timeout      from submission until the request fails, whatever it has by then; null is never
 */
public record GenerationRequest(String id, int[] promptTokens, SamplingParams sampling,
        @Nullable OutputConstraint constraint, int priority, @Nullable String cacheSalt, @Nullable Duration timeout) {

    /** Any text, of ordinary priority, without salt and timeout. */
    public GenerationRequest(String id, int[] promptTokens, SamplingParams sampling) {
        this(id, promptTokens, sampling, null, 0, null, null);
    }
}
