package io.barista.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a request, in order: {@link PromptLogprobs} if asked for, any number of {@link Delta}, a {@link SampleFinished} for each sample, then exactly one
 * {@link Completed} or {@link Failed}.
 */
public sealed interface EngineEvent {

    /** The log-probabilities of the prompt's tokens, from the second on: nothing comes before the first. */
    record PromptLogprobs(List<TokenLogprobs> tokens) implements EngineEvent {}

    /**
     * More text of one sample. Text is held back while it may be the start of a stop string or half a character, so it may be
     * empty while tokens are not.
     *
     * @param sample   0 up to n-1
     * @param tokens   the ids generated since the last delta
     * @param logprobs one entry per token, empty unless asked for
     */
    record Delta(int sample, String text, int[] tokens, List<TokenLogprobs> logprobs) implements EngineEvent {}

    /**
     * @param matched the stop string (String) or stop token id (Integer) that ended the sample; null for an end token or a length
     */
    record SampleFinished(int sample, FinishReason reason, @Nullable Object matched) implements EngineEvent {}

    /** The end of a request whose samples all finished. */
    record Completed(Usage usage) implements EngineEvent {}

    /** The end of a request that could not be finished. */
    record Failed(EngineException error) implements EngineEvent {}

    /**
     * Log-probabilities (natural, of the raw logits) at one position.
     *
     * @param rank the chosen token's, from 1: how many tokens are at least as probable
     * @param top  the most probable tokens, best first, as many as asked for
     */
    record TokenLogprobs(TokenLogprob chosen, int rank, List<TokenLogprob> top) {}

    record TokenLogprob(int token, float logprob) {}

    /** @param cachedTokens prompt tokens whose keys and values were already there */
    record Usage(int promptTokens, int completionTokens, int cachedTokens) {}
}
