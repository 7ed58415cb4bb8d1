package io.barista.openai.error;

import static io.barista.openai.error.ErrorCategory.INTERNAL;
import static io.barista.openai.error.ErrorCategory.OVERLOADED;
import static io.barista.openai.error.ErrorCategory.UPSTREAM;
import static io.barista.openai.error.ErrorCategory.USER_ERROR;

import org.jspecify.annotations.Nullable;

/** Everything that can go wrong on the wire: mapped here, and only here, to HTTP status, {@code type} and {@code code}. */
public enum ErrorCode {

    INVALID_REQUEST(USER_ERROR, 400, "invalid_request_error", null),
    INVALID_JSON(USER_ERROR, 400, "invalid_request_error", "invalid_json"),
    INVALID_VALUE(USER_ERROR, 400, "invalid_request_error", "invalid_value"),
    MISSING_PARAMETER(USER_ERROR, 400, "invalid_request_error", "missing_required_parameter"),
    UNSUPPORTED_PARAMETER(USER_ERROR, 400, "invalid_request_error", "unsupported_parameter"),
    CONTEXT_LENGTH_EXCEEDED(USER_ERROR, 400, "invalid_request_error", "context_length_exceeded"),
    INVALID_API_KEY(USER_ERROR, 401, "authentication_error", "invalid_api_key"),
    MODEL_NOT_FOUND(USER_ERROR, 404, "not_found_error", "model_not_found"),
    RESPONSE_NOT_FOUND(USER_ERROR, 404, "invalid_request_error", null),
    PREVIOUS_RESPONSE_NOT_FOUND(USER_ERROR, 404, "invalid_request_error", "previous_response_not_found"),
    UNKNOWN_ROUTE(USER_ERROR, 404, "not_found_error", "unknown_url"),
    METHOD_NOT_ALLOWED(USER_ERROR, 405, "invalid_request_error", "method_not_allowed"),
    TIMEOUT(USER_ERROR, 408, "timeout_error", "request_timeout"),
    CONFLICT(USER_ERROR, 409, "invalid_request_error", "conflict"),
    PRECONDITION_FAILED(USER_ERROR, 412, "invalid_request_error", "precondition_failed"),
    BODY_TOO_LARGE(USER_ERROR, 413, "invalid_request_error", "request_too_large"),
    UNSUPPORTED_MEDIA_TYPE(USER_ERROR, 415, "invalid_request_error", "unsupported_media_type"),
    RANGE_NOT_SATISFIABLE(USER_ERROR, 416, "invalid_request_error", "range_not_satisfiable"),
    /** Of this adapter only: unlike a 503, it says nothing against the replica, which goes on with all others. */
    ADAPTER_UNAVAILABLE(UPSTREAM, 424, "server_error", "adapter_unavailable"),
    QUEUE_FULL(OVERLOADED, 429, "rate_limit_error", "queue_full"),
    INTERNAL_ERROR(INTERNAL, 500, "server_error", "internal_error"),
    UPSTREAM_FAILED(UPSTREAM, 502, "server_error", "upstream_failed"),
    UNAVAILABLE(OVERLOADED, 503, "server_error", "service_unavailable"),
    UPSTREAM_TIMEOUT(UPSTREAM, 504, "server_error", "upstream_timeout");

    private final ErrorCategory category;
    private final int status;
    private final String type;
    private final @Nullable String code;

    ErrorCode(ErrorCategory category, int status, String type, @Nullable String code) {
        this.category = category;
        this.status = status;
        this.type = type;
        this.code = code;
    }

    public ErrorCategory category() {
        return category;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The {@code type} of the error body. */
    public String type() {
        return type;
    }

    /** The {@code code} of the error body; null where OpenAI sends null. */
    public @Nullable String code() {
        return code;
    }
}
