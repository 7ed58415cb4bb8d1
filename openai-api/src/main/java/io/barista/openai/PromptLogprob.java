package io.barista.openai;

/**
 * One token at a position of the prompt, in vLLM's {@code prompt_logprobs}.
 *
 * @param logprob natural logarithm, not below -9999
 * @param rank    from 1, the most probable
 */
public record PromptLogprob(double logprob, int rank, String decodedToken) {}
