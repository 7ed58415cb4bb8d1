package io.barista.modelservice.web;

import io.barista.engine.EngineEvent;
import io.barista.modelservice.responses.ResponseAnswers;
import io.barista.modelservice.responses.ResponseJob;
import io.barista.modelservice.responses.ResponsePreparation;
import io.barista.openai.error.ApiException;
import io.barista.openai.responses.DeletedResponse;
import io.barista.openai.responses.ResponseId;
import io.barista.openai.responses.ResponsesRequest;
import java.util.function.Function;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@RestController
final class ResponsesController {

    private final RequestBodies bodies;
    private final ResponsePreparation preparation;
    private final ResponseAnswers responses;
    private final Generations generations;
    private final EventStream events;
    private final JsonAnswers answers;

    ResponsesController(RequestBodies bodies, ResponsePreparation preparation, ResponseAnswers responses,
            Generations generations, EventStream events, JsonAnswers answers) {
        this.bodies = bodies;
        this.preparation = preparation;
        this.responses = responses;
        this.generations = generations;
        this.events = events;
        this.answers = answers;
    }

    @PostMapping(path = "/v1/responses", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Void> respond(ServerWebExchange exchange, @RequestBody(required = false) Mono<byte[]> body) {
        String tag = exchange.getRequest().getHeaders().getFirst(ResponseId.REPLICA_HEADER);
        return bodies.generating("Responses API", body, (fields, model) -> preparation
                .prepare(ResponsesRequest.read(fields), model, Arrivals.of(exchange), tag))
                .flatMap(job -> answer(exchange, job));
    }

    @GetMapping("/v1/responses/{id}")
    Mono<Void> find(ServerWebExchange exchange, @PathVariable String id) {
        return answers.write(exchange, Mono.fromSupplier(() -> responses.find(id)));
    }

    @DeleteMapping("/v1/responses/{id}")
    Mono<Void> delete(ServerWebExchange exchange, @PathVariable String id) {
        return answers.write(exchange, Mono.fromSupplier(() -> {
            responses.delete(id);
            return DeletedResponse.of(id);
        }));
    }

    @PostMapping("/v1/responses/{id}/cancel")
    Mono<Void> cancel(ServerWebExchange exchange, @PathVariable String id) {
        return answers.write(exchange, Mono.fromSupplier(() -> responses.cancel(id)));
    }

    private Mono<Void> answer(ServerWebExchange exchange, ResponseJob job) {
        Flux<EngineEvent> generated = generations.of(job.chat().model(), job.chat().generation());
        Function<Throwable, ApiException> told = error -> ApiErrors.of(error, exchange);
        if (job.begun().background()) {
            return answers.write(exchange, Mono.fromSupplier(() -> responses.inBackground(job, generated, told)));
        }
        return job.stream()
                ? events.write(exchange, responses.events(job, generated, told))
                : answers.write(exchange, responses.whole(job, generated));
    }
}
