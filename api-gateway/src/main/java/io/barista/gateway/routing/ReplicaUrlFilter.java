package io.barista.gateway.routing;

import static org.springframework.cloud.gateway.filter.ReactiveLoadBalancerClientFilter.LOAD_BALANCER_CLIENT_FILTER_ORDER;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.CLIENT_RESPONSE_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;

import io.barista.gateway.replicas.Replica;
import java.net.URI;
import org.springframework.cloud.client.loadbalancer.LoadBalancerUriTools;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Points the request at the replica of this attempt, where Spring's own load balancer filter would stand. */
final class ReplicaUrlFilter implements GatewayFilter {

    static final int ORDER = LOAD_BALANCER_CLIENT_FILTER_ORDER;

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Replica replica = AttemptExchange.replicaOf(exchange);
        URI url = exchange.getRequiredAttribute(GATEWAY_REQUEST_URL_ATTR);
        exchange.getAttributes().put(GATEWAY_REQUEST_URL_ATTR,
                LoadBalancerUriTools.reconstructURI(replica.instance(), url));
        // Spring would wait for the trailers of the answer, and they never come once it has broken off.
        return chain.filter(exchange)
                .doOnSuccess(_ -> exchange.getAttributes().remove(CLIENT_RESPONSE_ATTR));
    }
}
