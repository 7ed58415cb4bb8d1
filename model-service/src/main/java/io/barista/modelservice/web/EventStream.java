package io.barista.modelservice.web;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCategory;
import io.barista.openai.json.OpenAiJson;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Writes chunks as server-sent events, each flushed at once, {@code [DONE]} last. Status and headers go out with the first
 * event: an error before it is an ordinary HTTP error, and whoever stands in front may still try another replica. An error
 * after it becomes an event.
 */
@Component
final class EventStream {

    private static final Logger log = LoggerFactory.getLogger(EventStream.class);
    private static final byte[] PREFIX = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

    private final OpenAiJson json;

    EventStream(OpenAiJson json) {
        this.json = json;
    }

    /** @param chunks at least one, or an error */
    Mono<Void> write(ServerWebExchange exchange, Flux<?> chunks) {
        ServerHttpResponse response = exchange.getResponse();
        HttpHeaders headers = response.getHeaders();
        headers.setContentType(MediaType.TEXT_EVENT_STREAM);
        headers.setCacheControl("no-cache");
        headers.set("X-Accel-Buffering", "no");
        // When the client left before the first event, nobody reads the chunks and nobody cancels them: the write just fails.
        Sinks.Empty<Void> over = Sinks.empty();
        Flux<byte[]> payloads = chunks.takeUntilOther(over.asMono())
                .switchOnFirst((first, all) -> first.isOnError()
                        ? all.map(json::write)
                        : all.map(json::write).onErrorResume(error -> Mono.just(event(error, exchange))))
                .concatWithValues(DONE);
        return response.writeAndFlushWith(payloads.map(payload -> Mono.just(frame(response, payload))))
                .doFinally(_ -> over.tryEmitEmpty());
    }

    private byte[] event(Throwable thrown, ServerWebExchange exchange) {
        ApiException error = ApiErrors.of(thrown, exchange);
        if (error.code().category() == ErrorCategory.INTERNAL) {
            log.error("request={} failed while streaming", RequestId.of(exchange), thrown);
        }
        return json.write(error.body());
    }

    private static DataBuffer frame(ServerHttpResponse response, byte[] payload) {
        DataBuffer buffer = response.bufferFactory().allocateBuffer(PREFIX.length + payload.length + END.length);
        return buffer.write(PREFIX).write(payload).write(END);
    }
}
