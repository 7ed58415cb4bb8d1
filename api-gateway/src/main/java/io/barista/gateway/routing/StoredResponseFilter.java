package io.barista.gateway.routing;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;

import io.barista.gateway.replicas.Replica;
import io.barista.gateway.replicas.ReplicaDirectory;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.responses.ResponseId;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.TimeoutException;
import org.springframework.cloud.client.loadbalancer.LoadBalancerUriTools;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Points a request for a response that was made earlier at the replica that keeps it, which the response's id names. There is no
 * other one to ask when it fails.
 */
final class StoredResponseFilter implements GatewayFilter {

    static final String PATH = "/v1/responses/{id}";

    private final ReplicaDirectory replicas;

    StoredResponseFilter(ReplicaDirectory replicas) {
        this.replicas = replicas;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return Mono.defer(() -> {
            String id = ServerWebExchangeUtils.getUriTemplateVariables(exchange).getOrDefault("id", "");
            Replica replica = ResponseId.tagOf(id).flatMap(replicas::tagged).orElseThrow(() -> notFound(id));
            URI url = exchange.getRequiredAttribute(GATEWAY_REQUEST_URL_ATTR);
            exchange.getAttributes().put(GATEWAY_REQUEST_URL_ATTR,
                    LoadBalancerUriTools.reconstructURI(replica.instance(), url));
            return chain.filter(exchange);
        }).onErrorMap(IOException.class, _ -> unreachable()).onErrorMap(TimeoutException.class, _ -> unreachable());
    }

    private static ApiException notFound(String id) {
        return new ApiException(ErrorCode.RESPONSE_NOT_FOUND, "Response with id '%s' not found.".formatted(id));
    }

    private static ApiException unreachable() {
        return new ApiException(ErrorCode.UPSTREAM_FAILED, "The replica that keeps the response cannot be reached.");
    }
}
