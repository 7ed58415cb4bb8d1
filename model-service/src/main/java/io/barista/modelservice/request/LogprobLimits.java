package io.barista.modelservice.request;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * @param most      log-probabilities a request may have per token; -1 is the vocabulary
 * @param vocabSize what a request's -1 asks for
 */
public record LogprobLimits(int most, int vocabSize) {

    /** Of a chat: null for none, else how many rivals are shown. */
    public @Nullable Integer ofChat(boolean logprobs, @Nullable Integer topLogprobs) {
        if (topLogprobs == null) {
            return logprobs ? 0 : null;
        }
        checked("top_logprobs", topLogprobs);
        if (logprobs) {
            return topLogprobs;
        }
        if (topLogprobs != 0) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "top_logprobs",
                    "when using `top_logprobs`, `logprobs` must be set to true.");
        }
        return null;
    }

    /** Of a completion: null for none, else how many rivals are shown. */
    public @Nullable Integer ofCompletion(@Nullable Integer logprobs) {
        return logprobs == null ? null : checked("logprobs", logprobs);
    }

    /**
     * Of the prompt's tokens: null for none, else how many rivals are shown.
     *
     * @param stream which cannot carry them
     */
    public @Nullable Integer ofPrompt(@Nullable Integer promptLogprobs, boolean stream) {
        if (promptLogprobs == null) {
            return null;
        }
        if (stream && promptLogprobs != 0) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "prompt_logprobs",
                    "`prompt_logprobs` are not available when `stream=True`.");
        }
        return checked("prompt_logprobs", promptLogprobs);
    }

    private int checked(String param, int asked) {
        if (asked < -1) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, param, "`%s` must be a non-negative value or -1, got %d.",
                    param, asked);
        }
        if (most >= 0 && (asked == -1 ? vocabSize : asked) > most) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, param,
                    "Requested %d for `%s`, which is greater than max allowed: %d.", asked, param, most);
        }
        return asked;
    }
}
