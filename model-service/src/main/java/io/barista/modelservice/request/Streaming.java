package io.barista.modelservice.request;

import io.barista.openai.StreamOptions;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/** What a request asks of its stream. */
public final class Streaming {

    private Streaming() {}

    /**
     * @param forceUsage whether the operator wants usage in every stream
     * @throws ApiException when options come without a stream
     */
    public static StreamOptions options(boolean stream, @Nullable StreamOptions asked, boolean forceUsage) {
        if (asked != null && !stream) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "stream_options",
                    "Stream options can only be defined when `stream=True`.");
        }
        StreamOptions options = asked == null ? StreamOptions.NONE : asked;
        return forceUsage ? new StreamOptions(true, options.continuousUsageStats()) : options;
    }
}
