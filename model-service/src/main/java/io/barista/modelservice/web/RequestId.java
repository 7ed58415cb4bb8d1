package io.barista.modelservice.web;

import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Gives every request an id: the client's {@code x-request-id}, else a new one. It goes back in the answer and into the log. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RequestId implements WebFilter {

    static final String HEADER = "x-request-id";

    /** Ids are written into logs and answers, so nothing but printable characters without spaces gets in. */
    private static final Pattern PRINTABLE = Pattern.compile("[\\x21-\\x7e]{1,128}");

    static String of(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(HEADER);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String sent = exchange.getRequest().getHeaders().getFirst(HEADER);
        String id = sent != null && PRINTABLE.matcher(sent).matches() ? sent : UUID.randomUUID().toString();
        exchange.getAttributes().put(HEADER, id);
        exchange.getResponse().getHeaders().set(HEADER, id);
        return chain.filter(exchange);
    }
}
