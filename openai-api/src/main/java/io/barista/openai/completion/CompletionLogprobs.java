package io.barista.openai.completion;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parallel lists, one entry per token.
 *
 * @param textOffset    where a token's text begins in the choice's text
 * @param tokenLogprobs natural logarithms, not below -9999
 * @param topLogprobs   by token text; null when no alternatives were asked for
 */
public record CompletionLogprobs(List<Integer> textOffset, List<Double> tokenLogprobs, List<String> tokens,
        @Nullable List<Map<String, Double>> topLogprobs) {}
