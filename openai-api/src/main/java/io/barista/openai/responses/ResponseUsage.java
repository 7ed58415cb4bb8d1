package io.barista.openai.responses;

import io.barista.openai.Usage;

/** Tokens of a response. */
public record ResponseUsage(int inputTokens, InputDetails inputTokensDetails, int outputTokens,
        OutputDetails outputTokensDetails, int totalTokens) {

    /** @param cachedTokens that needed no computation */
    public record InputDetails(int cachedTokens) {}

    /** @param reasoningTokens that were thoughts */
    public record OutputDetails(int reasoningTokens) {}

    public static ResponseUsage of(Usage usage) {
        Usage.PromptTokensDetails prompt = usage.promptTokensDetails();
        Usage.CompletionTokensDetails completion = usage.completionTokensDetails();
        return new ResponseUsage(usage.promptTokens(), new InputDetails(prompt == null ? 0 : prompt.cachedTokens()),
                usage.completionTokens(), new OutputDetails(completion == null ? 0 : completion.reasoningTokens()),
                usage.totalTokens());
    }
}
