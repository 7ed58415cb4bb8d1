package io.barista.gateway.stream;

import io.barista.gateway.metrics.EndReason;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;

/** The gateway itself ends an answer: the replica or the client fell silent, time is up, or the gateway shuts down. */
public final class AnswerCutException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final EndReason reason;
    private final ErrorCode code;

    AnswerCutException(EndReason reason, ErrorCode code, String message) {
        super(message, null, false, false);
        this.reason = reason;
        this.code = code;
    }

    public EndReason reason() {
        return reason;
    }

    /** What the client is told. */
    public ApiException toApiException() {
        return new ApiException(code, String.valueOf(getMessage()));
    }
}
