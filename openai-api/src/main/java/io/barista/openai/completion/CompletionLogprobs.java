package io.barista.openai.completion;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parallel lists, one entry per token.
 *
 * @param textOffset    where a token's text begins in the choice's text
 * @param tokenLogprobs natural logarithms, not below -9999; null for the first token of an echoed prompt
 * @param topLogprobs   by token text; null when no alternatives were asked for
 */
public record CompletionLogprobs(List<Integer> textOffset, List<@Nullable Double> tokenLogprobs,
        List<String> tokens, @Nullable List<@Nullable Map<String, Double>> topLogprobs) {}
