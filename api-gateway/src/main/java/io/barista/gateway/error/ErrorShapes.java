package io.barista.gateway.error;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.util.stream.Collectors;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ResponseStatusException;

/** Gives a failure that the framework raised its place among our error codes; its own message stays inside. */
final class ErrorShapes {

    private ErrorShapes() {}

    static ApiException of(Throwable failure) {
        return switch (failure) {
            case ApiException ours -> ours;
            case MethodNotAllowedException wrongMethod -> wrongMethod(wrongMethod);
            case ResponseStatusException status -> ofStatus(status.getStatusCode(), status);
            default -> new ApiException(ErrorCode.INTERNAL_ERROR, "The gateway failed to handle this request.", null,
                    failure);
        };
    }

    private static ApiException wrongMethod(MethodNotAllowedException failure) {
        String allowed = failure.getSupportedMethods().stream().map(HttpMethod::name).sorted()
                .collect(Collectors.joining(", "));
        return new ApiException(ErrorCode.METHOD_NOT_ALLOWED,
                "Method " + failure.getHttpMethod() + " is not allowed here; use " + allowed + ".");
    }

    private static ApiException ofStatus(HttpStatusCode status, Throwable failure) {
        return switch (status.value()) {
            case 404 -> new ApiException(ErrorCode.UNKNOWN_ROUTE,
                    "There is nothing at this URL. See GET /v1/models for the models, POST /v1/chat/completions for a chat.");
            case 413 -> new ApiException(ErrorCode.BODY_TOO_LARGE, "The request body is too large.");
            case 415 -> new ApiException(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "Only application/json is supported.");
            case 504 -> new ApiException(ErrorCode.UPSTREAM_TIMEOUT, "The model did not begin to answer in time.");
            default -> status.is4xxClientError()
                    ? new ApiException(ErrorCode.INVALID_REQUEST, "The request is not valid HTTP for this URL.")
                    : new ApiException(ErrorCode.INTERNAL_ERROR, "The gateway failed to handle this request.", null,
                            failure);
        };
    }
}
