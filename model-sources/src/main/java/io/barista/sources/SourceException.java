package io.barista.sources;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Files cannot be had. The message names the source and says what to do; it holds no secret and no signed address. */
public final class SourceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What can be done about it. */
    public enum Kind {

        /** The address is no address, or of a kind that is not supported. */
        ADDRESS,

        /** There is no such bucket, repository, revision, folder or file. */
        NOT_FOUND,

        /** Credentials are missing or not sufficient. */
        DENIED,

        /** The source does not answer, or not now; asking again may help. */
        UNREACHABLE,

        /** The source refuses the request; asking again does not help. */
        REFUSED,

        /** The files changed while they were read; listing them again helps. */
        CHANGED,

        /** What came is not what the source says it is. */
        CORRUPT,

        /** What is there cannot be used: wrong kinds of files, or too large. */
        UNUSABLE,

        /** The time limit is over. */
        TIMED_OUT,

        /** The disk is full. */
        DISK_FULL,

        /** The disk cannot be read or written. */
        DISK
    }

    private final Kind kind;
    private final @Nullable Duration retryAfter;

    public SourceException(Kind kind, String message) {
        this(kind, message, null, null);
    }

    public SourceException(Kind kind, String message, @Nullable Throwable cause) {
        this(kind, message, null, cause);
    }

    /** @param retryAfter what the source asks for before the next try; null when it does not say */
    public SourceException(Kind kind, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    public Kind kind() {
        return kind;
    }

    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
