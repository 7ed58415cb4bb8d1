package io.barista.modelservice.web;

import io.barista.engine.EngineEvent;
import io.barista.modelservice.chat.ChatJob;
import io.barista.modelservice.chat.ChatPreparation;
import io.barista.modelservice.engine.ServedModel;
import io.barista.modelservice.messages.MessageAnswers;
import io.barista.openai.json.JsonFields;
import io.barista.openai.messages.MessagesRequest;
import io.barista.openai.messages.TokenCount;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Anthropic's API over the same chats. */
@RestController
final class MessagesController {

    private static final String API = "Messages API";

    private final RequestBodies bodies;
    private final ChatPreparation preparation;
    private final Generations generations;
    private final EventStream events;
    private final JsonAnswers answers;

    MessagesController(RequestBodies bodies, ChatPreparation preparation, Generations generations, EventStream events,
            JsonAnswers answers) {
        this.bodies = bodies;
        this.preparation = preparation;
        this.generations = generations;
        this.events = events;
        this.answers = answers;
    }

    private record Asked(ChatJob job, boolean stream) {}

    @PostMapping(path = "/v1/messages", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Void> message(ServerWebExchange exchange, @RequestBody(required = false) Mono<byte[]> body) {
        return bodies.generating(API, body, (fields, model) -> prepare(fields, model, exchange))
                .flatMap(asked -> answer(exchange, asked));
    }

    @PostMapping(path = "/v1/messages/count_tokens", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Void> count(ServerWebExchange exchange, @RequestBody(required = false) Mono<byte[]> body) {
        return answers.write(exchange, bodies.generating(API, body, (fields, model) -> new TokenCount(
                preparation.prompt(MessagesRequest.readCounted(fields), model).tokens().length)));
    }

    private Asked prepare(JsonFields fields, ServedModel model, ServerWebExchange exchange) {
        MessagesRequest request = MessagesRequest.read(fields);
        return new Asked(preparation.prepare(MessageAnswers.chat(request, model), model,
                Arrivals.of(exchange)), request.stream());
    }

    private Mono<Void> answer(ServerWebExchange exchange, Asked asked) {
        Flux<EngineEvent> generated = generations.of(asked.job().model(), asked.job().generation());
        return asked.stream()
                ? events.write(exchange, MessageAnswers.events(asked.job(), generated))
                : answers.write(exchange, MessageAnswers.whole(asked.job(), generated));
    }
}
