package io.barista.modelservice.web;

import io.barista.modelservice.embedding.EmbeddingAnswers;
import io.barista.openai.embedding.EmbeddingRequest;
import io.barista.openai.embedding.RerankRequest;
import io.barista.openai.embedding.ScoreRequest;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** What embeddings are asked for, under all the paths in use. */
@RestController
final class EmbeddingController {

    private final RequestBodies bodies;
    private final EmbeddingAnswers embeddings;
    private final Embeddings engine;
    private final JsonAnswers answers;

    EmbeddingController(RequestBodies bodies, EmbeddingAnswers embeddings, Embeddings engine, JsonAnswers answers) {
        this.bodies = bodies;
        this.embeddings = embeddings;
        this.engine = engine;
        this.answers = answers;
    }

    @PostMapping(path = "/v1/embeddings", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Void> embed(ServerWebExchange exchange, @RequestBody(required = false) Mono<byte[]> body) {
        return answers.write(exchange, bodies.embedding("Embeddings API", body, (fields, model) -> embeddings
                .embeddings(EmbeddingRequest.read(fields), model, Arrivals.of(exchange))).flatMap(engine::answer));
    }

    @PostMapping(path = {"/v1/score", "/score"}, consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Void> score(ServerWebExchange exchange, @RequestBody(required = false) Mono<byte[]> body) {
        return answers.write(exchange, bodies.embedding("Score API", body, (fields, model) -> embeddings
                .scores(ScoreRequest.read(fields), model, Arrivals.of(exchange))).flatMap(engine::answer));
    }

    @PostMapping(path = {"/v1/rerank", "/v2/rerank", "/rerank"}, consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Void> rerank(ServerWebExchange exchange, @RequestBody(required = false) Mono<byte[]> body) {
        return answers.write(exchange, bodies.embedding("Rerank (Score) API", body, (fields, model) -> embeddings
                .ranking(RerankRequest.read(fields), model, Arrivals.of(exchange))).flatMap(engine::answer));
    }
}
