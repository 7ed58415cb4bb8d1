package io.barista.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request in numbers, at its end. Times are nanoseconds; a time is 0 when the request ended before it began.
 *
 * @param reasons         why each sample ended, by sample; null where it did not end by itself
 * @param error           why the request failed; null when it did not
 * @param promptTokens    tokens of the prompt
 * @param cachedTokens    those of them whose keys and values were already there
 * @param generatedTokens tokens reported, over all samples
 * @param maxTokens       the limit per sample, after clipping to the context
 * @param samples         n
 * @param queueNanos      from submission until the first of it was scheduled
 * @param prefillNanos    from then until the first token
 * @param decodeNanos     from the first token until the last
 * @param firstTokenNanos from submission until the first token (TTFT)
 * @param totalNanos      from submission until the end
 * @param preemptions     how often a sample of it lost its blocks
 */
public record RequestTimings(String requestId, List<@Nullable FinishReason> reasons,
        EngineException.@Nullable Code error, int promptTokens, int cachedTokens, int generatedTokens, int maxTokens,
        int samples, long queueNanos, long prefillNanos, long decodeNanos, long firstTokenNanos, long totalNanos,
        int preemptions) {}
