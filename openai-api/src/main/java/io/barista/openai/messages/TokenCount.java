package io.barista.openai.messages;

/** The answer of {@code /v1/messages/count_tokens}. */
public record TokenCount(int inputTokens) {}
