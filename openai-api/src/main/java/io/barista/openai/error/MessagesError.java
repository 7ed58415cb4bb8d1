package io.barista.openai.error;

import io.barista.openai.NamedEvent;

/** Anthropic's error, the same as an answer's body and as a stream's event. */
record MessagesError(String type, Detail error) implements NamedEvent {

    record Detail(String type, String message) {}

    static MessagesError of(ApiException error) {
        return new MessagesError("error", new Detail(type(error.code()), String.valueOf(error.getMessage())));
    }

    private static String type(ErrorCode code) {
        return switch (code.status()) {
            case 401 -> "authentication_error";
            case 404 -> "not_found_error";
            case 408, 504 -> "timeout_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503 -> "overloaded_error";
            default -> code.category() == ErrorCategory.USER_ERROR ? "invalid_request_error" : "api_error";
        };
    }
}
