package io.barista.modelservice.web;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * With {@code BARISTA_API_KEY} set, everything but health wants {@code Authorization: Bearer KEY}, or {@code x-api-key: KEY} as
 * Anthropic's clients send it.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class ApiKeyFilter implements WebFilter {

    /** The environment variable; a flag would show the key to everyone who lists processes. */
    static final String VARIABLE = "BARISTA_API_KEY";

    private static final Set<String> OPEN = Set.of("/health", "/ping", "/actuator/health");
    private static final String SCHEME = "Bearer ";

    private final byte @Nullable [] key;

    ApiKeyFilter(Environment environment) {
        String configured = environment.getProperty(VARIABLE, "");
        this.key = configured.isEmpty() ? null : configured.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String path = exchange.getRequest().getPath().pathWithinApplication().value();
        if (key == null || OPEN.contains(path) || path.startsWith("/actuator/health/")) {
            return chain.filter(exchange);
        }
        String sent = keyIn(exchange.getRequest().getHeaders());
        if (sent == null) {
            return Mono.error(new ApiException(ErrorCode.INVALID_API_KEY,
                    "An API key is required. Send it as 'Authorization: Bearer KEY'."));
        }
        byte[] offered = sent.strip().getBytes(StandardCharsets.UTF_8);
        // isEqual takes the same time wherever the first difference is
        return MessageDigest.isEqual(key, offered)
                ? chain.filter(exchange)
                : Mono.error(new ApiException(ErrorCode.INVALID_API_KEY, "Incorrect API key provided."));
    }

    private static @Nullable String keyIn(HttpHeaders headers) {
        String bearer = headers.getFirst(HttpHeaders.AUTHORIZATION);
        return bearer != null && bearer.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? bearer.substring(SCHEME.length())
                : headers.getFirst("x-api-key");
    }
}
