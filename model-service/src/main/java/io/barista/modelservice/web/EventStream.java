package io.barista.modelservice.web;

import io.barista.openai.NamedEvent;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.Dialect;
import io.barista.openai.error.ErrorCategory;
import io.barista.openai.json.OpenAiJson;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Writes chunks as server-sent events, each flushed at once, {@code [DONE]} last where the route's dialect has it. Status and
 * headers go out with the first event or heartbeat: an error before it is an ordinary HTTP error, and whoever stands in front
 * may still try another replica. An error after it becomes an event.
 */
@Component
final class EventStream {

    private static final Logger log = LoggerFactory.getLogger(EventStream.class);
    private static final byte[] PREFIX = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NO_NAME = {};

    private final OpenAiJson json;
    private final Duration heartbeat;

    /** @param heartbeat how long a stream may be silent before a comment is sent */
    EventStream(OpenAiJson json, @Value("${barista.heartbeat}") Duration heartbeat) {
        this.json = json;
        this.heartbeat = heartbeat;
    }

    /** @param chunks at least one, or an error; {@link NamedEvent}s where the route's events have names */
    Mono<Void> write(ServerWebExchange exchange, Flux<?> chunks) {
        ServerHttpResponse response = exchange.getResponse();
        HttpHeaders headers = response.getHeaders();
        headers.setContentType(MediaType.TEXT_EVENT_STREAM);
        headers.setCacheControl("no-cache");
        headers.set("X-Accel-Buffering", "no");
        Dialect dialect = Dialects.of(exchange);
        // When the client left before the first event, nobody reads the chunks and nobody cancels them: the write just fails.
        Sinks.Empty<Void> over = Sinks.empty();
        Heartbeat beats = new Heartbeat(heartbeat, Schedulers.parallel());
        Flux<byte[]> frames = chunks.takeUntilOther(over.asMono()).map(this::frame);
        if (dialect.endsWithDone()) {
            frames = frames.concatWithValues(DONE);
        }
        Flux<byte[]> told = beats.within(frames).onErrorResume(_ -> beats.hasBegun(),
                error -> event(error, dialect, exchange));
        return response.writeAndFlushWith(told.map(frame -> Mono.just(response.bufferFactory().wrap(frame))))
                .doFinally(_ -> over.tryEmitEmpty());
    }

    private Flux<byte[]> event(Throwable thrown, Dialect dialect, ServerWebExchange exchange) {
        ApiException error = ApiErrors.of(thrown, exchange);
        if (error.code().category() == ErrorCategory.INTERNAL) {
            log.error("request={} failed while streaming", RequestId.of(exchange), thrown);
        }
        byte[] event = frame(dialect.event(error));
        return dialect.endsWithDone() ? Flux.just(event, DONE) : Flux.just(event);
    }

    private byte[] frame(Object chunk) {
        byte[] payload = json.write(chunk);
        byte[] name = chunk instanceof NamedEvent named
                ? ("event: " + named.type() + "\n").getBytes(StandardCharsets.US_ASCII)
                : NO_NAME;
        return ByteBuffer.allocate(name.length + PREFIX.length + payload.length + END.length).put(name).put(PREFIX)
                .put(payload).put(END).array();
    }
}
