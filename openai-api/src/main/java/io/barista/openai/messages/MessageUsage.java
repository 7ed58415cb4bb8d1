package io.barista.openai.messages;

/**
 * Tokens of a request; all three kinds of input together are the prompt.
 *
 * @param inputTokens              computed
 * @param cacheCreationInputTokens always 0: what is computed is cached without being asked to
 * @param cacheReadInputTokens     that needed no computation
 */
public record MessageUsage(int inputTokens, int cacheCreationInputTokens, int cacheReadInputTokens,
        int outputTokens) {

    public static MessageUsage of(int promptTokens, int cachedTokens, int outputTokens) {
        return new MessageUsage(promptTokens - cachedTokens, 0, cachedTokens, outputTokens);
    }
}
