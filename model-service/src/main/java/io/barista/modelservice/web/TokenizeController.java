package io.barista.modelservice.web;

import io.barista.modelservice.chat.ChatPreparation;
import io.barista.modelservice.engine.HostedModel;
import io.barista.modelservice.request.Tokens;
import io.barista.openai.tokenize.DetokenizeRequest;
import io.barista.openai.tokenize.DetokenizeResponse;
import io.barista.openai.tokenize.TokenizeRequest;
import io.barista.openai.tokenize.TokenizeResponse;
import java.util.Arrays;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

@RestController
final class TokenizeController {

    private final RequestBodies bodies;
    private final ChatPreparation chats;
    private final JsonAnswers answers;

    TokenizeController(RequestBodies bodies, ChatPreparation chats, JsonAnswers answers) {
        this.bodies = bodies;
        this.chats = chats;
        this.answers = answers;
    }

    @PostMapping(path = "/tokenize", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Void> tokenize(ServerWebExchange exchange, @RequestBody(required = false) Mono<byte[]> body) {
        return answers.write(exchange,
                bodies.read(body, (fields, model) -> tokenize(TokenizeRequest.read(fields), model)));
    }

    @PostMapping(path = "/detokenize", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Void> detokenize(ServerWebExchange exchange, @RequestBody(required = false) Mono<byte[]> body) {
        return answers.write(exchange,
                bodies.read(body, (fields, model) -> detokenize(DetokenizeRequest.read(fields), model)));
    }

    private TokenizeResponse tokenize(TokenizeRequest request, HostedModel model) {
        model.requireName(request.model());
        int[] tokens = switch (request) {
            case TokenizeRequest.Text text -> model.tokenizer().encode(text.prompt(), text.addSpecialTokens());
            case TokenizeRequest.Chat chat -> chats.prompt(chat, model).tokens();
        };
        List<String> strings = request.returnTokenStrings()
                ? Arrays.stream(tokens).mapToObj(model.tokenizer()::token).toList()
                : null;
        return new TokenizeResponse(tokens.length, model.maxModelLen(), Arrays.stream(tokens).boxed().toList(),
                strings);
    }

    private static DetokenizeResponse detokenize(DetokenizeRequest request, HostedModel model) {
        model.requireName(request.model());
        if (request.tokens().isEmpty()) {
            return new DetokenizeResponse("");
        }
        Tokens tokens = new Tokens(model.tokenizer(), model.maxModelLen(), model.vocabSize());
        return new DetokenizeResponse(model.tokenizer().decode(tokens.ofIds(request.tokens(), "tokens"), false));
    }
}
