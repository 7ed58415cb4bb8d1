package io.barista.modelservice.web;

import io.barista.engine.EngineEvent;
import io.barista.modelservice.chat.ChatAnswers;
import io.barista.modelservice.chat.ChatJob;
import io.barista.modelservice.chat.ChatPreparation;
import io.barista.openai.chat.ChatCompletionRequest;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@RestController
final class ChatController {

    private final RequestBodies bodies;
    private final ChatPreparation preparation;
    private final Generations generations;
    private final EventStream events;
    private final JsonAnswers answers;

    ChatController(RequestBodies bodies, ChatPreparation preparation, Generations generations, EventStream events,
            JsonAnswers answers) {
        this.bodies = bodies;
        this.preparation = preparation;
        this.generations = generations;
        this.events = events;
        this.answers = answers;
    }

    @PostMapping(path = "/v1/chat/completions", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Void> chat(ServerWebExchange exchange, @RequestBody(required = false) Mono<byte[]> body) {
        return bodies.generating("Chat Completions API", body,
                (fields, model) -> preparation.prepare(ChatCompletionRequest.read(fields), model,
                        Arrivals.of(exchange)))
                .flatMap(job -> answer(exchange, job));
    }

    private Mono<Void> answer(ServerWebExchange exchange, ChatJob job) {
        Flux<EngineEvent> generated = generations.of(job.model(), job.generation());
        return job.stream()
                ? events.write(exchange, ChatAnswers.chunks(job, generated))
                : answers.write(exchange, ChatAnswers.whole(job, generated));
    }
}
