package io.barista.openai.error;

import org.jspecify.annotations.Nullable;

/** A request that ends in an error; carries all that its answer needs. Cheap: it has no stack trace unless there is a cause. */
public final class ApiException extends RuntimeException {

    private final ErrorCode code;
    private final @Nullable String param;

    public ApiException(ErrorCode code, String message, @Nullable String param, @Nullable Throwable cause) {
        super(message, cause, false, cause != null);
        this.code = code;
        this.param = param;
    }

    public ApiException(ErrorCode code, String message) {
        this(code, message, null, null);
    }

    /** An error about one request field. */
    public static ApiException of(ErrorCode code, String param, String format, Object... args) {
        return new ApiException(code, args.length == 0 ? format : format.formatted(args), param, null);
    }

    public ErrorCode code() {
        return code;
    }

    public @Nullable String param() {
        return param;
    }

    public ErrorBody body() {
        return ErrorBody.of(code, String.valueOf(getMessage()), param);
    }
}
