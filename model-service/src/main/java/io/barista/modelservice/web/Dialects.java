package io.barista.modelservice.web;

import io.barista.openai.error.Dialect;
import org.springframework.web.server.ServerWebExchange;

/** Whose API a request speaks. */
final class Dialects {

    private Dialects() {}

    static Dialect of(ServerWebExchange exchange) {
        return Dialect.ofPath(exchange.getRequest().getPath().pathWithinApplication().value());
    }
}
