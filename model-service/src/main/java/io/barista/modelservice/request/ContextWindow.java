package io.barista.modelservice.request;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * How many tokens an answer may have, given its prompt.
 *
 * @param maxModelLen tokens of prompt and answer together
 */
public record ContextWindow(int maxModelLen) {

    /**
     * @param asked    null when the request says nothing: then what the model recommends, and never more than there is room for
     * @param fallback what applies to a silent request; null for the rest of the context
     * @throws ApiException CONTEXT_LENGTH_EXCEEDED when prompt and answer do not fit
     */
    public int maxTokens(int promptTokens, @Nullable Integer asked, @Nullable Integer fallback) {
        int room = maxModelLen - promptTokens;
        int requested = asked == null ? 0 : asked;
        if (room < 1 || requested > room) {
            throw ApiException.of(ErrorCode.CONTEXT_LENGTH_EXCEEDED, "input_tokens",
                    "This model's maximum context length is %d tokens. However, you requested %d output tokens and your"
                            + " prompt contains %d input tokens, for a total of %d tokens. Please reduce the length of the"
                            + " input prompt or the number of requested output tokens.",
                    maxModelLen, requested, promptTokens, (long) promptTokens + requested);
        }
        if (asked != null) {
            return asked;
        }
        return fallback == null ? room : Math.min(fallback, room);
    }
}
