package io.barista.modelservice.web;

import io.barista.modelservice.request.Arrival;
import io.barista.openai.RequestTimeout;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/** What a request's headers say. */
final class Arrivals {

    /** vLLM's header for clients that cannot add fields to their bodies; a body's own, other than 0, wins. */
    private static final String PRIORITY = "X-Vllm-Priority";

    private Arrivals() {}

    /** @throws io.barista.openai.error.ApiException for a header that cannot be understood */
    static Arrival of(ServerWebExchange exchange) {
        return new Arrival(RequestId.of(exchange),
                RequestTimeout.parse(exchange.getRequest().getHeaders().getFirst(RequestTimeout.HEADER)),
                priority(exchange.getRequest().getHeaders().getFirst(PRIORITY)));
    }

    private static @Nullable Integer priority(@Nullable String header) {
        if (header == null || header.isBlank()) {
            return null;
        }
        try {
            return Integer.valueOf(header.strip());
        } catch (NumberFormatException e) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, PRIORITY, "%s must be an integer, the lower the earlier.",
                    PRIORITY);
        }
    }
}
