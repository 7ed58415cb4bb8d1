package io.barista.sources.web;

import io.barista.sources.SourceException;
import io.barista.sources.SourceException.Kind;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an HTTP status means for a source. */
public final class Answers {

    private Answers() {}

    /**
     * @param what       the source, and perhaps a file of it
     * @param hint       what to do about missing rights
     * @param retryAfter the header, as it came
     */
    public static SourceException failure(String what, int status, String hint, Optional<String> retryAfter,
            @Nullable Throwable cause) {
        return switch (status) {
            case 401, 403 -> new SourceException(Kind.DENIED,
                    "%s: access denied (status %d); %s".formatted(what, status, hint), cause);
            case 404, 410 -> new SourceException(Kind.NOT_FOUND,
                    "%s: not found (status %d)".formatted(what, status), cause);
            case 412, 416 -> new SourceException(Kind.CHANGED,
                    "%s: changed while it was read (status %d)".formatted(what, status), cause);
            case 408, 425, 429, 500, 502, 503, 504 -> new SourceException(Kind.UNREACHABLE,
                    "%s: not now (status %d)".formatted(what, status),
                    retryAfter.flatMap(Answers::duration).orElse(null),
                    cause);
            default -> new SourceException(Kind.REFUSED, "%s: refused (status %d)".formatted(what, status), cause);
        };
    }

    /** Seconds or a date; empty for what is neither. */
    static Optional<Duration> duration(String retryAfter) {
        if (retryAfter.matches("\\d{1,6}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(retryAfter)));
        }
        try {
            Duration left = Duration.between(Instant.now(),
                    ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
            return Optional.of(left.isNegative() ? Duration.ZERO : left);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
