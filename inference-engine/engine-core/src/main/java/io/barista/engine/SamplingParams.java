package io.barista.engine;

import java.util.List;
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
 * @param n                       samples per request
 * @param stop                    strings that end the text
 * @param stopTokenIds            ids that end the text, besides the model's end tokens
 * @param includeStopString       keep the matched stop string in the text
 * @param ignoreEos               do not end at the model's end tokens
 * @param skipSpecialTokens       leave special tokens out of the text
 * @param logprobs                how many top log-probabilities per generated token; null is none, 0 the chosen one only, -1 all
 */
public record SamplingParams(int maxTokens, int minTokens, double temperature, double topP, int topK, double minP,
        double repetitionPenalty, double presencePenalty, double frequencyPenalty, @Nullable Long seed, int n,
        List<String> stop, List<Integer> stopTokenIds, boolean includeStopString, boolean ignoreEos,
        boolean skipSpecialTokens, @Nullable Integer logprobs) {

    public boolean isGreedy() {
        return temperature < 1e-5;
    }
}
