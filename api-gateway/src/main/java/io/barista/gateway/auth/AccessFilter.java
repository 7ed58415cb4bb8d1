package io.barista.gateway.auth;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Turns away whoever has no key, but for the health routes, which probes call. */
final class AccessFilter implements WebFilter, Ordered {

    private final Access access;

    AccessFilter(Access access) {
        this.access = access;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 10; // after the request id: a 401 carries one, too
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (isHealth(exchange.getRequest().getPath().value())
                || access.admits(exchange.getRequest().getHeaders())) {
            return chain.filter(exchange);
        }
        exchange.getResponse().getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        return Mono.error(new ApiException(ErrorCode.INVALID_API_KEY,
                "The API key is missing or wrong. Send it as `Authorization: Bearer <key>`."));
    }

    private static boolean isHealth(String path) {
        return path.equals("/health") || path.equals("/ping") || path.equals("/actuator/health")
                || path.startsWith("/actuator/health/");
    }
}
