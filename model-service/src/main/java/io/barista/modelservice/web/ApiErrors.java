package io.barista.modelservice.web;

import io.barista.engine.EngineException;
import io.barista.engine.chat.ChatTemplateException;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.util.concurrent.RejectedExecutionException;
import org.springframework.http.HttpMethod;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import reactor.core.Exceptions;

/** Whatever was thrown, as what the client is told. */
final class ApiErrors {

    private ApiErrors() {}

    static ApiException of(Throwable thrown, ServerWebExchange exchange) {
        Throwable error = Exceptions.unwrap(thrown);
        if (Exceptions.isOverflow(error)) {
            return new ApiException(ErrorCode.TIMEOUT,
                    "The answer was not read as fast as it was written; the request was aborted.");
        }
        return switch (error) {
            case ApiException e -> e;
            case EngineException e -> of(e);
            case ChatTemplateException e -> new ApiException(ErrorCode.INVALID_REQUEST,
                    (e.isRefusal() ? "The chat template refused the messages: " : "") + e.getMessage(), "messages",
                    null);
            case RejectedExecutionException _ -> new ApiException(ErrorCode.QUEUE_FULL,
                    "Too many requests are being prepared. Try again later.");
            case MethodNotAllowedException e -> methodNotAllowed(e, exchange);
            case UnsupportedMediaTypeStatusException _ -> new ApiException(ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "Unsupported Media Type: Only 'application/json' is allowed.");
            case ResponseStatusException e -> of(e, exchange);
            default -> internal(error);
        };
    }

    private static ApiException of(EngineException error) {
        String message = String.valueOf(error.getMessage());
        return switch (error.code()) {
            case INVALID_PARAMETER -> new ApiException(ErrorCode.INVALID_VALUE, message, error.param(), null);
            case CONTEXT_LENGTH_EXCEEDED ->
                new ApiException(ErrorCode.CONTEXT_LENGTH_EXCEEDED, message, error.param(), null);
            case QUEUE_FULL -> new ApiException(ErrorCode.QUEUE_FULL, message);
            case DEADLINE_EXCEEDED -> new ApiException(ErrorCode.TIMEOUT, message);
            case UNAVAILABLE -> "model".equals(error.param()) // its adapter, then
                    ? new ApiException(ErrorCode.ADAPTER_UNAVAILABLE, message, "model", null)
                    : new ApiException(ErrorCode.UNAVAILABLE, message);
            case ADAPTER_NOT_FOUND -> new ApiException(ErrorCode.MODEL_NOT_FOUND, message, "model", null);
            case INVALID_ADAPTER -> new ApiException(ErrorCode.INVALID_VALUE, message, "model", null);
            case INVALID_MODEL, INVALID_CONFIG, INTERNAL -> internal(error);
        };
    }

    private static ApiException of(ResponseStatusException error, ServerWebExchange exchange) {
        return switch (error.getStatusCode().value()) {
            case 404 -> new ApiException(ErrorCode.UNKNOWN_ROUTE,
                    "Unknown route: %s %s.".formatted(method(exchange), path(exchange)));
            case 413 -> new ApiException(ErrorCode.BODY_TOO_LARGE, "The request body is larger than 32 MiB.");
            case 503 -> new ApiException(ErrorCode.UNAVAILABLE, "The service is not available.");
            default -> error.getStatusCode().is4xxClientError()
                    ? new ApiException(ErrorCode.INVALID_REQUEST, "The request could not be read.")
                    : internal(error);
        };
    }

    private static ApiException methodNotAllowed(MethodNotAllowedException error, ServerWebExchange exchange) {
        exchange.getResponse().getHeaders().setAllow(error.getSupportedMethods());
        return new ApiException(ErrorCode.METHOD_NOT_ALLOWED, "Method %s is not allowed for %s; use %s."
                .formatted(method(exchange), path(exchange), String.join(", ",
                        error.getSupportedMethods().stream().map(HttpMethod::name).sorted().toList())));
    }

    private static ApiException internal(Throwable cause) {
        return new ApiException(ErrorCode.INTERNAL_ERROR, "Internal error. The service's log has the reason.", null,
                cause);
    }

    private static String method(ServerWebExchange exchange) {
        return exchange.getRequest().getMethod().name();
    }

    private static String path(ServerWebExchange exchange) {
        return exchange.getRequest().getPath().pathWithinApplication().value();
    }
}
