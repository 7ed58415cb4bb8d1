package io.barista.gateway.routing;

import io.barista.gateway.replicas.Replica;
import io.barista.gateway.stream.AnswerRelay;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;

/**
 * The exchange as one attempt sees it, with attributes of its own. Spring's filters keep the connection to the replica
 * among the attributes and close it when the attempt has failed: by then the next attempt may have put its own there.
 */
final class AttemptExchange extends ServerWebExchangeDecorator {

    private static final String REPLICA = AttemptExchange.class.getName() + ".replica";

    private final ServerHttpRequest request;
    private final AnswerRelay relay;
    private final Map<String, Object> attributes;

    /** @param request as the replica is to see it */
    AttemptExchange(ServerWebExchange exchange, ServerHttpRequest request, Replica replica, AnswerRelay relay) {
        super(exchange);
        this.request = request;
        this.relay = relay;
        this.attributes = new ConcurrentHashMap<>(exchange.getAttributes());
        attributes.put(REPLICA, replica);
    }

    static Replica replicaOf(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(REPLICA);
    }

    @Override
    public Map<String, Object> getAttributes() {
        return attributes;
    }

    @Override
    public ServerHttpRequest getRequest() {
        return request;
    }

    @Override
    public ServerHttpResponse getResponse() {
        return relay;
    }
}
