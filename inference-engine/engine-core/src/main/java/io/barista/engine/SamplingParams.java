package io.barista.engine;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the next token is chosen and when to stop; vLLM's names and meanings.
 *
 * @param maxTokens               tokens to generate at most, at least 1
 * @param minTokens               end and stop tokens are masked until so many were generated
 * @param temperature             0 is greedy
 * @param topP                    in (0, 1]
 * @param topK                    0 or -1 is off
 * @param minP                    in [0, 1]
 * @param seed                    null draws from the engine's seed
 * @param n                       samples per request; the width of a beam search
 * @param stop                    strings that end the text
 * @param stopTokenIds            ids that end the text, besides the model's end tokens
 * @param includeStopString       keep the matched stop string in the text
 * @param ignoreEos               do not end at the model's end tokens
 * @param skipSpecialTokens       leave special tokens out of the text
 * @param logprobs                how many top log-probabilities per generated token; null is none, 0 the chosen one only, -1 all
 * @param logprobTokenIds         tokens whose log-probabilities are told instead of the top ones, where logprobs is not null; empty for none
 * @param promptLogprobs          as {@code logprobs}, for the tokens of the prompt
 * @param logitBias               added to the logits of tokens by id
 * @param allowedTokenIds         the only tokens that may come; null allows all
 * @param badWords                texts that must not come
 * @param beams                   searches with beams instead of sampling; null samples
 */
public record SamplingParams(int maxTokens, int minTokens, double temperature, double topP, int topK, double minP,
        double repetitionPenalty, double presencePenalty, double frequencyPenalty, @Nullable Long seed, int n,
        List<String> stop, List<Integer> stopTokenIds, boolean includeStopString, boolean ignoreEos,
        boolean skipSpecialTokens, @Nullable Integer logprobs, List<Integer> logprobTokenIds,
        @Nullable Integer promptLogprobs,
        Map<Integer, Float> logitBias, @Nullable List<Integer> allowedTokenIds, List<String> badWords,
        @Nullable Beams beams) {

    /**
     * @param lengthPenalty exponent of the length that a beam's log-probability is divided by
     * @param earlyStopping ends as soon as as many beams have ended as are wanted
     */
    public record Beams(double lengthPenalty, boolean earlyStopping) {}

    /** Greedy and without limits but {@code maxTokens}, as a beginning. */
    public static SamplingParamsBuilder greedy(int maxTokens) {
        return new SamplingParamsBuilder(maxTokens);
    }

    /** The same, with special tokens in the text. */
    public SamplingParams withSpecialTokens() {
        return new SamplingParams(maxTokens, minTokens, temperature, topP, topK, minP, repetitionPenalty,
                presencePenalty, frequencyPenalty, seed, n, stop, stopTokenIds, includeStopString, ignoreEos, false,
                logprobs, logprobTokenIds, promptLogprobs, logitBias, allowedTokenIds, badWords, beams);
    }

    public boolean isGreedy() {
        return temperature < 1e-5;
    }

    /** Whether logits are changed before temperature and filters: by penalties, masks or biases. */
    public boolean adjustsLogits() {
        return repetitionPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0 || minTokens > 0
                || allowedTokenIds != null || !logitBias.isEmpty() || !badWords.isEmpty();
    }
}
