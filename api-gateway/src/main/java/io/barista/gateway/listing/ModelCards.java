package io.barista.gateway.listing;

import io.barista.gateway.auth.Access;
import io.barista.gateway.models.ModelCatalog;
import io.barista.gateway.models.ServedModel;
import io.barista.gateway.replicas.Replica;
import io.barista.gateway.replicas.ReplicaDirectory;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufMono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The cards of all models for {@code GET /v1/models}. A replica knows the most of its model (its length, its adapters),
 * so one of each is asked; for a model whose replicas keep silent, its last cards are shown, or a plain one.
 */
final class ModelCards {

    private static final Logger log = LoggerFactory.getLogger(ModelCards.class);

    private final ModelCatalog catalog;
    private final ReplicaDirectory replicas;
    private final HttpClient http;
    private final Access access;
    private final JsonMapper json;
    private final Duration timeout;
    private final long created;
    private final Map<String, List<JsonNode>> lastSeen = new ConcurrentHashMap<>();

    /** @param createdEpochSeconds what a card made here says */
    ModelCards(ModelCatalog catalog, ReplicaDirectory replicas, HttpClient http, Access access, JsonMapper json,
            Duration timeout, long createdEpochSeconds) {
        this.catalog = catalog;
        this.replicas = replicas;
        this.http = http;
        this.access = access;
        this.json = json;
        this.timeout = timeout;
        this.created = createdEpochSeconds;
    }

    /** Every card once, models in the order of the configuration, each followed by its adapters. */
    Flux<JsonNode> all() {
        return Flux.fromIterable(catalog.models()).flatMapSequential(this::of)
                .distinct(card -> card.path("id").asString(""));
    }

    /** The cards of a model: its own and its adapters'. */
    Flux<JsonNode> of(ServedModel model) {
        return Flux.fromIterable(replicas.pool(model.id()).byLoad()).concatMap(this::ask).next()
                .doOnNext(cards -> lastSeen.put(model.id(), cards))
                .switchIfEmpty(Mono.fromSupplier(() -> lastSeen.getOrDefault(model.id(), List.of(plain(model)))))
                .flatMapIterable(cards -> cards);
    }

    /**
     * The card of an adapter, which may be newer than every list of adapters: a replica is asked for this one. When all keep silent,
     * the last list tells; empty when there is no such adapter.
     */
    Mono<JsonNode> ofAdapter(ServedModel model, String id) {
        return Flux.fromIterable(replicas.pool(model.id()).byLoad()).concatMap(replica -> ask(replica, id)).next()
                .switchIfEmpty(Mono.fromSupplier(() -> lastSeen.getOrDefault(model.id(), List.of()).stream()
                        .filter(card -> card.path("id").asString("").equals(id)).findFirst()))
                .flatMap(Mono::justOrEmpty);
    }

    private Mono<List<JsonNode>> ask(Replica replica) {
        return get(replica, "/v1/models",
                (response,
                        body) -> response.status().code() == 200 ? body.asString(StandardCharsets.UTF_8) : Mono.empty())
                .map(this::cards).filter(cards -> !cards.isEmpty());
    }

    /** Present with the card, present and empty when the replica knows of no such adapter, and nothing when it does not say. */
    private Mono<Optional<JsonNode>> ask(Replica replica, String id) {
        String encoded = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
        return get(replica, "/v1/models/" + encoded, (response, body) -> switch (response.status().code()) {
            case 200 -> body.asString(StandardCharsets.UTF_8).map(json::readTree)
                    .filter(card -> card.path("id").asString("").equals(id)).map(Optional::of);
            case 404 -> Mono.just(Optional.empty());
            default -> Mono.empty();
        });
    }

    private <T> Mono<T> get(Replica replica, String path,
            BiFunction<HttpClientResponse, ByteBufMono, Mono<T>> answer) {
        return http
                .headers(
                        headers -> access.authorization().ifPresent(key -> headers.set(HttpHeaders.AUTHORIZATION, key)))
                .get().uri(replica.uri().resolve(path).toString()).responseSingle(answer).timeout(timeout)
                .onErrorResume(failure -> {
                    log.debug("replica {} did not tell of {}", replica.name(), path, failure);
                    return Mono.empty();
                });
    }

    private List<JsonNode> cards(String body) {
        List<JsonNode> cards = new ArrayList<>();
        json.readTree(body).path("data").forEach(cards::add);
        return cards;
    }

    private JsonNode plain(ServedModel model) {
        ObjectNode card = json.createObjectNode();
        return card.put("id", model.id()).put("object", "model").put("created", created).put("owned_by", "barista");
    }
}
