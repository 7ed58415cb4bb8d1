package io.barista.modelservice.web;

import io.barista.openai.json.OpenAiJson;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Writes one record as the answer. */
@Component
final class JsonAnswers {

    private final OpenAiJson json;

    JsonAnswers(OpenAiJson json) {
        this.json = json;
    }

    Mono<Void> write(ServerWebExchange exchange, Mono<?> answer) {
        return answer.map(json::write).flatMap(body -> {
            ServerHttpResponse response = exchange.getResponse();
            response.setStatusCode(HttpStatus.OK);
            response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
            response.getHeaders().setContentLength(body.length);
            return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
        });
    }
}
