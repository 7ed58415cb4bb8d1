package io.barista.gateway.routing;

import io.barista.gateway.body.BodyFilter;
import io.barista.gateway.metrics.RequestRecord;
import io.barista.gateway.models.ModelCatalog;
import io.barista.gateway.models.ServedModel;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Decides from the body which model is meant. */
final class ModelFilter implements GatewayFilter {

    private static final String MODEL = ModelFilter.class.getName() + ".model";

    private final ModelCatalog catalog;

    ModelFilter(ModelCatalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return Mono.defer(() -> {
            ServedModel model = catalog.resolve(BodyFilter.fieldsOf(exchange).model());
            exchange.getAttributes().put(MODEL, model);
            RequestRecord.of(exchange).runsOn(model.id());
            return chain.filter(exchange);
        });
    }

    /** The model, behind this filter. */
    static ServedModel modelOf(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(MODEL);
    }
}
