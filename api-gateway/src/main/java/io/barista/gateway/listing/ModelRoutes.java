package io.barista.gateway.listing;

import io.barista.gateway.models.ModelCatalog;
import io.barista.gateway.models.Target;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** {@code GET /v1/models} and {@code GET /v1/models/{id}}; an id may hold slashes. */
public final class ModelRoutes {

    /** OpenAI's list envelope. */
    private record ModelList(String object, List<JsonNode> data) {}

    private final ModelCatalog catalog;
    private final ModelCards cards;

    ModelRoutes(ModelCatalog catalog, ModelCards cards) {
        this.catalog = catalog;
        this.cards = cards;
    }

    public Mono<ServerResponse> list(ServerRequest request) {
        return cards.all().collectList().flatMap(all -> json(new ModelList("list", all)));
    }

    public Mono<ServerResponse> one(ServerRequest request) {
        String id = request.pathVariable("id").substring(1); // a catch-all variable keeps its leading slash
        return Mono.justOrEmpty(catalog.find(id)).flatMap(target -> card(target, id))
                .switchIfEmpty(Mono.error(() -> ModelCatalog.notFound(id))).flatMap(ModelRoutes::json);
    }

    private Mono<JsonNode> card(Target target, String id) {
        return target.adapter() == null
                ? cards.of(target.model()).filter(card -> card.path("id").asString("").equals(id)).next()
                : cards.ofAdapter(target.model(), id);
    }

    private static Mono<ServerResponse> json(Object body) {
        return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(body);
    }
}
