package io.barista.openai;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Ray Serve's header {@code x-request-timeout-seconds}: how long a request may take, whole; 0 and less mean without end. */
public final class RequestTimeout {

    public static final String HEADER = "x-request-timeout-seconds";

    private static final int NANO_DIGITS = 9;
    private static final BigDecimal LONGEST = BigDecimal.valueOf(Duration.ofDays(365).toSeconds());

    private RequestTimeout() {}

    /**
     * @return null for no end
     * @throws ApiException when the header is no number
     */
    public static @Nullable Duration parse(@Nullable String header) {
        if (header == null || header.isBlank()) {
            return null;
        }
        try {
            BigDecimal seconds = new BigDecimal(header.strip());
            if (seconds.signum() <= 0) {
                return null;
            }
            long nanos = seconds.min(LONGEST).movePointRight(NANO_DIGITS).longValue();
            return Duration.ofNanos(Math.max(1, nanos));
        } catch (NumberFormatException e) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, HEADER, "%s must be a number of seconds, got '%s'.", HEADER,
                    header.length() > 40 ? header.substring(0, 40) : header);
        }
    }

    /** The header for what is left of a timeout; more than 0, which would mean without end. */
    public static String format(Duration left) {
        return BigDecimal.valueOf(Math.max(1, left.toNanos()), NANO_DIGITS).toPlainString();
    }
}
