package io.barista.gateway.error;

import io.barista.openai.NamedEvent;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.Dialect;
import io.barista.openai.error.ErrorCategory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Renders an error in the shape of its route's API: as an HTTP answer, and as the end of an event stream. */
public final class ErrorAnswers {

    private final JsonMapper json;

    public ErrorAnswers(JsonMapper json) {
        this.json = json;
    }

    /** Status, headers and body of an answer of which nothing has been sent yet. */
    public Mono<Void> write(ServerHttpResponse response, ApiException error, Dialect dialect) {
        byte[] body = json.writeValueAsBytes(dialect.body(error));
        HttpHeaders headers = response.getHeaders();
        response.setStatusCode(HttpStatus.valueOf(error.code().status()));
        headers.setContentType(MediaType.APPLICATION_JSON);
        headers.setContentLength(body.length);
        if (error.code().category() == ErrorCategory.OVERLOADED) {
            headers.putIfAbsent(HttpHeaders.RETRY_AFTER, List.of("1"));
        }
        return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
    }

    /** What ends a stream whose replica failed. */
    public byte[] streamEnding(ApiException error, Dialect dialect) {
        Object event = dialect.event(error);
        String name = event instanceof NamedEvent named ? "event: " + named.type() + "\n" : "";
        String done = dialect.endsWithDone() ? "data: [DONE]\n\n" : "";
        return (name + "data: " + json.writeValueAsString(event) + "\n\n" + done).getBytes(StandardCharsets.UTF_8);
    }
}
