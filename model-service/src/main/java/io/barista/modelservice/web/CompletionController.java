package io.barista.modelservice.web;

import io.barista.engine.EngineEvent;
import io.barista.engine.GenerationRequest;
import io.barista.modelservice.completion.CompletionAnswers;
import io.barista.modelservice.completion.CompletionJob;
import io.barista.modelservice.completion.CompletionPreparation;
import io.barista.openai.completion.CompletionRequest;
import java.util.function.Function;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@RestController
final class CompletionController {

    private final RequestBodies bodies;
    private final CompletionPreparation preparation;
    private final Generations generations;
    private final EventStream events;
    private final JsonAnswers answers;

    CompletionController(RequestBodies bodies, CompletionPreparation preparation, Generations generations,
            EventStream events, JsonAnswers answers) {
        this.bodies = bodies;
        this.preparation = preparation;
        this.generations = generations;
        this.events = events;
        this.answers = answers;
    }

    @PostMapping(path = "/v1/completions", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Void> complete(ServerWebExchange exchange, @RequestBody(required = false) Mono<byte[]> body) {
        return bodies.generating("Completions API", body,
                (fields, model) -> preparation.prepare(CompletionRequest.read(fields), model,
                        Arrivals.of(exchange)))
                .flatMap(job -> answer(exchange, job));
    }

    private Mono<Void> answer(ServerWebExchange exchange, CompletionJob job) {
        Function<GenerationRequest, Flux<EngineEvent>> engine = generation -> generations.of(job.model(), generation);
        return job.stream()
                ? events.write(exchange, CompletionAnswers.chunks(job, engine))
                : answers.write(exchange, CompletionAnswers.whole(job, engine));
    }
}
