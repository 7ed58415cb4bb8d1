package io.barista.modelservice.web;

import io.barista.modelservice.request.Arrival;
import io.barista.openai.RequestTimeout;
import org.springframework.web.server.ServerWebExchange;

/** What a request's headers say. */
final class Arrivals {

    private Arrivals() {}

    /** @throws io.barista.openai.error.ApiException for a header that cannot be understood */
    static Arrival of(ServerWebExchange exchange) {
        return new Arrival(RequestId.of(exchange),
                RequestTimeout.parse(exchange.getRequest().getHeaders().getFirst(RequestTimeout.HEADER)));
    }
}
