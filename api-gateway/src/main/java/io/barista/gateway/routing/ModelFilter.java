package io.barista.gateway.routing;

import io.barista.gateway.body.BodyFilter;
import io.barista.gateway.metrics.RequestRecord;
import io.barista.gateway.models.ModelCatalog;
import io.barista.gateway.models.Target;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Decides from the body which model is meant. */
final class ModelFilter implements GatewayFilter {

    private static final String TARGET = ModelFilter.class.getName() + ".target";

    private final ModelCatalog catalog;

    ModelFilter(ModelCatalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return Mono.defer(() -> {
            Target target = catalog.resolve(BodyFilter.fieldsOf(exchange).model());
            exchange.getAttributes().put(TARGET, target);
            RequestRecord.of(exchange).runsOn(target.model().id());
            return chain.filter(exchange);
        });
    }

    /** The model and perhaps its adapter, behind this filter. */
    static Target targetOf(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(TARGET);
    }
}
