package io.barista.engine;

import org.jspecify.annotations.Nullable;

/** A failure the engine can name. The message says what was expected, what came, and which knob helps. */
public final class EngineException extends RuntimeException {

    /** What failed; the services map it to the wire. */
    public enum Code {

        /** A sampling parameter or prompt that cannot be served; {@link EngineException#param()} names it. */
        INVALID_PARAMETER,

        /** Prompt, or prompt and output, do not fit the context. */
        CONTEXT_LENGTH_EXCEEDED,

        /** The waiting queue is full. */
        QUEUE_FULL,

        /** The request's own timeout ran out. */
        DEADLINE_EXCEEDED,

        /** The engine is shutting down or has failed. */
        UNAVAILABLE,

        /** A model folder that cannot be loaded. */
        INVALID_MODEL,

        /** No adapter of that name. */
        ADAPTER_NOT_FOUND,

        /** An adapter that cannot be applied to the model; others are not touched by it. */
        INVALID_ADAPTER,

        /** A configuration that cannot run here: backend, memory. */
        INVALID_CONFIG,

        /** Our own fault. */
        INTERNAL
    }

    private final Code code;
    private final @Nullable String param;

    public EngineException(Code code, String message, @Nullable String param, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.param = param;
    }

    public static EngineException of(Code code, String format, Object... args) {
        return new EngineException(code, args.length == 0 ? format : format.formatted(args), null, null);
    }

    /** A request parameter that cannot be served. */
    public static EngineException invalid(String param, String format, Object... args) {
        return new EngineException(Code.INVALID_PARAMETER, args.length == 0 ? format : format.formatted(args), param,
                null);
    }

    public Code code() {
        return code;
    }

    public @Nullable String param() {
        return param;
    }
}
