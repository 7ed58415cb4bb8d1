package io.barista.modelservice.web;

import io.barista.modelservice.request.Arrival;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/** Ray Serve's header {@code x-request-timeout-seconds}: how long a request may take, whole; 0 and less mean without end. */
final class RequestTimeout {

    static final String HEADER = "x-request-timeout-seconds";

    private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000);
    private static final BigDecimal LONGEST = BigDecimal.valueOf(Duration.ofDays(365).toSeconds());

    private RequestTimeout() {}

    /** @throws ApiException when the header is no number */
    static Arrival arrival(ServerWebExchange exchange) {
        return new Arrival(RequestId.of(exchange), parse(exchange.getRequest().getHeaders().getFirst(HEADER)));
    }

    static @Nullable Duration parse(@Nullable String header) {
        if (header == null || header.isBlank()) {
            return null;
        }
        try {
            BigDecimal seconds = new BigDecimal(header.strip());
            if (seconds.signum() <= 0) {
                return null;
            }
            return Duration.ofNanos(seconds.min(LONGEST).multiply(NANOS).longValue());
        } catch (NumberFormatException e) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, HEADER, "%s must be a number of seconds, got '%s'.", HEADER,
                    header.length() > 40 ? header.substring(0, 40) : header);
        }
    }
}
