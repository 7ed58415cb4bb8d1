package io.barista.engine;

import io.barista.config.SchedulingPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request must satisfy before it may enter the engine; every complaint names the field and what it should be. */
final class RequestCheck {

    private static final int MAX_SAMPLES = 16_384;

    private final int vocabSize;
    private final int maxModelLen;
    private final int maxLogprobs;
    private final SchedulingPolicy policy;

    RequestCheck(int vocabSize, ResolvedEngineConfig config) {
        this.vocabSize = vocabSize;
        this.maxModelLen = config.maxModelLen();
        this.maxLogprobs = config.maxLogprobs() == -1 ? vocabSize : config.maxLogprobs();
        this.policy = config.schedulingPolicy();
    }

    /**
     * Tokens of prompt and answer at which a sample of this request ends: {@code max_tokens} is clipped to the context.
     *
     * @throws EngineException INVALID_PARAMETER or CONTEXT_LENGTH_EXCEEDED
     */
    int maxLength(GenerationRequest request) {
        SamplingParams sampling = request.sampling();
        checkPrompt(request.promptTokens(), sampling);
        checkNumbers(sampling);
        checkStops(sampling);
        checkTokenRules(sampling);
        checkLogprobs("logprobs", sampling.logprobs());
        checkLogprobs("prompt_logprobs", sampling.promptLogprobs());
        checkPriority(request.priority());
        return (int) Math.min(maxModelLen, (long) request.promptTokens().length + sampling.maxTokens());
    }

    private void checkPrompt(int[] prompt, SamplingParams sampling) {
        if (prompt.length == 0) {
            throw EngineException.invalid("prompt", "prompt must have at least one token");
        }
        if (prompt.length >= maxModelLen) {
            throw tooLong(prompt.length, sampling.maxTokens());
        }
        for (int token : prompt) {
            requireToken("prompt", token);
        }
    }

    /** vLLM's wording, which clients look for. */
    private EngineException tooLong(int promptTokens, int maxTokens) {
        return new EngineException(EngineException.Code.CONTEXT_LENGTH_EXCEEDED,
                ("This model's maximum context length is %d tokens. However, you requested %d output tokens and your "
                        + "prompt contains %d input tokens, for a total of %d tokens. Please reduce the length of the "
                        + "input prompt or the number of requested output tokens.")
                        .formatted(maxModelLen, maxTokens, promptTokens, (long) promptTokens + maxTokens),
                "input_tokens", null);
    }

    private static void checkNumbers(SamplingParams sampling) {
        require(sampling.maxTokens() >= 1, "max_tokens", "at least 1", sampling.maxTokens());
        require(sampling.minTokens() >= 0 && sampling.minTokens() <= sampling.maxTokens(), "min_tokens",
                "from 0 to max_tokens=" + sampling.maxTokens(), sampling.minTokens());
        require(within(sampling.temperature(), 0, 2), "temperature", "from 0 to 2", sampling.temperature());
        require(within(sampling.topP(), Double.MIN_VALUE, 1), "top_p", "above 0 and at most 1", sampling.topP());
        require(sampling.topK() >= -1, "top_k", "at least 1, or 0 or -1 for off", sampling.topK());
        require(within(sampling.minP(), 0, 1), "min_p", "from 0 to 1", sampling.minP());
        require(within(sampling.repetitionPenalty(), Double.MIN_VALUE, Float.MAX_VALUE), "repetition_penalty",
                "above 0", sampling.repetitionPenalty());
        require(within(sampling.presencePenalty(), -2, 2), "presence_penalty", "from -2 to 2",
                sampling.presencePenalty());
        require(within(sampling.frequencyPenalty(), -2, 2), "frequency_penalty", "from -2 to 2",
                sampling.frequencyPenalty());
        require(sampling.n() >= 1 && sampling.n() <= MAX_SAMPLES, "n", "from 1 to " + MAX_SAMPLES, sampling.n());
    }

    private void checkStops(SamplingParams sampling) {
        List<String> stop = sampling.stop();
        if (stop.contains("")) {
            throw EngineException.invalid("stop", "stop must not contain an empty string");
        }
        for (int token : sampling.stopTokenIds()) {
            requireToken("stop_token_ids", token);
        }
    }

    private void checkTokenRules(SamplingParams sampling) {
        sampling.logitBias().keySet().forEach(token -> requireToken("logit_bias", token));
        List<Integer> allowed = sampling.allowedTokenIds();
        if (allowed != null) {
            if (allowed.isEmpty()) {
                throw EngineException.invalid("allowed_token_ids", "allowed_token_ids must not be empty");
            }
            allowed.forEach(token -> requireToken("allowed_token_ids", token));
        }
    }

    private void checkLogprobs(String param, @Nullable Integer asked) {
        if (asked != null) {
            require(asked == -1 && maxLogprobs >= vocabSize || asked >= 0 && asked <= maxLogprobs, param,
                    "from 0 to " + maxLogprobs + " (max_logprobs)", asked);
        }
    }

    /** vLLM's wording. */
    private void checkPriority(int priority) {
        if (priority != 0 && policy != SchedulingPolicy.PRIORITY) {
            throw EngineException.invalid("priority",
                    "Got priority %d but Priority scheduling is not enabled (scheduling_policy: priority).", priority);
        }
    }

    private void requireToken(String param, int token) {
        if (token < 0 || token >= vocabSize) {
            throw EngineException.invalid(param, "%s: token id %d is not within the vocabulary of %d", param, token,
                    vocabSize);
        }
    }

    /** False for NaN too. */
    private static boolean within(double value, double least, double most) {
        return value >= least && value <= most;
    }

    private static void require(boolean holds, String param, String expected, Object came) {
        if (!holds) {
            throw EngineException.invalid(param, "%s must be %s, not %s", param, expected, came);
        }
    }
}
