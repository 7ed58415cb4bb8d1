package io.barista.gateway.web;

import java.util.UUID;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Gives every exchange its id, the client's or a new one: on the answer, on the request that goes on, and in the log. */
public final class RequestIdFilter implements WebFilter, Ordered {

    public static final String HEADER = "x-request-id";

    private static final int LONGEST = 128;

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String asked = exchange.getRequest().getHeaders().getFirst(HEADER);
        String id = asked != null && isUsable(asked) ? asked : UUID.randomUUID().toString();
        exchange.getResponse().getHeaders().set(HEADER, id);
        if (id.equals(asked)) {
            return chain.filter(exchange);
        }
        return chain.filter(exchange.mutate().request(request -> request.header(HEADER, id)).build());
    }

    /** An id goes into logs and headers of other services, so it must be short and plain. */
    private static boolean isUsable(String id) {
        return !id.isEmpty() && id.length() <= LONGEST && id.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }
}
