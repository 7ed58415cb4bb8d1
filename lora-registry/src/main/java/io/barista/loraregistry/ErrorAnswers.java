package io.barista.loraregistry;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorBody;
import io.barista.openai.error.ErrorCode;
import io.barista.sources.SourceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Failures in OpenAI's shape. What a source says stays in the log, since it names buckets; what is wrong with an adapter is told. */
@RestControllerAdvice
final class ErrorAnswers {

    private static final Logger log = LoggerFactory.getLogger(ErrorAnswers.class);

    @ExceptionHandler(ApiException.class)
    ResponseEntity<ErrorBody> known(ApiException failure) {
        return answer(failure.code(), failure.body());
    }

    @ExceptionHandler({NoHandlerFoundException.class, NoResourceFoundException.class})
    ResponseEntity<ErrorBody> unknown() {
        return answer(ErrorCode.UNKNOWN_ROUTE, "There is nothing at this address.");
    }

    @ExceptionHandler(HttpRequestMethodNotSupportedException.class)
    ResponseEntity<ErrorBody> otherMethod(HttpRequestMethodNotSupportedException failure) {
        return answer(ErrorCode.METHOD_NOT_ALLOWED, failure.getMethod() + " is not possible here.");
    }

    @ExceptionHandler(RuntimeException.class)
    ResponseEntity<ErrorBody> fault(RuntimeException failure) {
        log.error("a request failed", failure);
        return answer(ErrorCode.INTERNAL_ERROR, "The registry failed; the log says why.");
    }

    @ExceptionHandler(MethodArgumentTypeMismatchException.class)
    ResponseEntity<ErrorBody> mistyped(MethodArgumentTypeMismatchException failure) {
        String field = failure.getName();
        return answer(ErrorCode.INVALID_VALUE,
                ErrorBody.of(ErrorCode.INVALID_VALUE, field + ": expected a whole number", field));
    }

    @ExceptionHandler(HttpMessageNotReadableException.class)
    ResponseEntity<ErrorBody> unreadable() {
        return answer(ErrorCode.INVALID_VALUE, "the body: expected a JSON object");
    }

    @ExceptionHandler(SourceException.class)
    ResponseEntity<ErrorBody> source(SourceException failure) {
        return switch (failure.kind()) {
            case UNUSABLE -> answer(ErrorCode.INVALID_REQUEST, "The adapter cannot be used: " + failure.getMessage());
            case NOT_FOUND, CHANGED -> answer(ErrorCode.MODEL_NOT_FOUND, "The adapter is no longer there.");
            case TIMED_OUT -> answer(ErrorCode.UPSTREAM_TIMEOUT, "The adapter's download took too long; ask again.");
            case UNREACHABLE, CORRUPT, DENIED, REFUSED, ADDRESS ->
                answer(ErrorCode.UPSTREAM_FAILED, "The adapter's source does not give it; the log says why.");
            case DISK_FULL, DISK ->
                answer(ErrorCode.UNAVAILABLE, "The registry's disk does not do what it should; the log says why.");
        };
    }

    private static ResponseEntity<ErrorBody> answer(ErrorCode code, String message) {
        return answer(code, ErrorBody.of(code, message, null));
    }

    private static ResponseEntity<ErrorBody> answer(ErrorCode code, ErrorBody body) {
        return ResponseEntity.status(code.status()).contentType(MediaType.APPLICATION_JSON).body(body);
    }
}
