package io.barista.openai;

import org.jspecify.annotations.Nullable;

/** Tokens of a request; the prompt counts once, however many answers it got. */
public record Usage(int promptTokens, int completionTokens, int totalTokens,
        @Nullable PromptTokensDetails promptTokensDetails, @Nullable CompletionTokensDetails completionTokensDetails) {

    /** @param cachedTokens prompt tokens that needed no computation */
    public record PromptTokensDetails(int cachedTokens) {}

    /** @param reasoningTokens generated tokens that were thoughts */
    public record CompletionTokensDetails(int reasoningTokens) {}

    public static Usage of(int promptTokens, int completionTokens) {
        return new Usage(promptTokens, completionTokens, promptTokens + completionTokens, null, null);
    }

    /** Known when all is done, and told then. */
    public Usage withCachedTokens(int cachedTokens) {
        return new Usage(promptTokens, completionTokens, totalTokens, new PromptTokensDetails(cachedTokens),
                completionTokensDetails);
    }

    public Usage withReasoningTokens(int reasoningTokens) {
        return new Usage(promptTokens, completionTokens, totalTokens, promptTokensDetails,
                new CompletionTokensDetails(reasoningTokens));
    }
}
