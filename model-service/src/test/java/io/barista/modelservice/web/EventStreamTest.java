package io.barista.modelservice.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.engine.EngineException;
import io.barista.openai.json.OpenAiJson;
import io.barista.openai.messages.MessageEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class EventStreamTest {

    private final EventStream stream = new EventStream(new OpenAiJson(), Duration.ofHours(1));
    private final MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.post("/"));

    @BeforeEach
    void giveAnId() {
        exchange.getAttributes().put(RequestId.HEADER, "r1");
    }

    @Test
    void framesEveryChunkAndSaysWhenItIsDone() {
        stream.write(exchange, Flux.just(Map.of("a", 1), Map.of("b", "x\ny"))).block();
        assertThat(body()).isEqualTo("data: {\"a\":1}\n\ndata: {\"b\":\"x\\ny\"}\n\ndata: [DONE]\n\n");
        assertThat(exchange.getResponse().getHeaders().getContentType()).isEqualTo(MediaType.TEXT_EVENT_STREAM);
    }

    @Test
    void tellsOfAnErrorInTheMiddleByAnEvent() {
        stream.write(exchange, Flux.concat(Flux.just(Map.of("a", 1)),
                Flux.error(EngineException.of(EngineException.Code.UNAVAILABLE, "The engine is gone.")))).block();
        assertThat(body()).isEqualTo("data: {\"a\":1}\n\ndata: {\"error\":{\"message\":\"The engine is gone.\","
                + "\"type\":\"server_error\",\"param\":null,\"code\":\"service_unavailable\"}}\n\ndata: [DONE]\n\n");
    }

    @Test
    void keepsTheReasonOfOurOwnFaultsToItself() {
        stream.write(exchange, Flux.concat(Flux.just(Map.of("a", 1)),
                Flux.error(new IllegalStateException("password=sesame at /etc/secret")))).block();
        assertThat(body()).contains("internal_error").doesNotContain("sesame", "/etc");
    }

    @Test
    void leavesAnErrorBeforeTheFirstEventToTheStatus() {
        assertThatThrownBy(() -> stream.write(exchange, Flux.error(new IllegalStateException("early"))).block())
                .hasMessage("early");
        assertThat(exchange.getResponse().isCommitted()).isFalse();
    }

    @Test
    void silenceIsFilledWithComments() {
        EventStream lively = new EventStream(new OpenAiJson(), Duration.ofMillis(20));
        Sinks.Many<Map<String, Integer>> chunks = Sinks.many().unicast().onBackpressureBuffer();
        StringBuilder sent = new StringBuilder();
        exchange.getResponse().setWriteHandler(body -> body.doOnNext(piece -> {
            sent.append(piece.toString(StandardCharsets.UTF_8));
            if (sent.toString().equals(": keep-alive\n\n")) {
                chunks.tryEmitNext(Map.of("a", 1));
            } else if (sent.toString().endsWith("}\n\n: keep-alive\n\n")) {
                chunks.tryEmitError(EngineException.of(EngineException.Code.UNAVAILABLE, "The engine is gone."));
            }
        }).then());
        lively.write(exchange, chunks.asFlux()).block(Duration.ofSeconds(30));
        assertThat(sent.toString()).startsWith(": keep-alive\n\ndata: {\"a\":1}\n\n: keep-alive\n\ndata: {\"error\":")
                .endsWith("data: [DONE]\n\n");
    }

    @Test
    void anErrorAfterAHeartbeatIsAnEventToo() {
        EventStream lively = new EventStream(new OpenAiJson(), Duration.ofMillis(20));
        Sinks.Many<Map<String, Integer>> chunks = Sinks.many().unicast().onBackpressureBuffer();
        StringBuilder sent = new StringBuilder();
        exchange.getResponse().setWriteHandler(body -> body.doOnNext(piece -> {
            sent.append(piece.toString(StandardCharsets.UTF_8));
            chunks.tryEmitError(EngineException.of(EngineException.Code.UNAVAILABLE, "The engine is gone."));
        }).then());
        lively.write(exchange, chunks.asFlux()).block(Duration.ofSeconds(30));
        assertThat(sent.toString()).startsWith(": keep-alive\n\ndata: {\"error\":").endsWith("data: [DONE]\n\n");
    }

    @Test
    void streamsOfMessagesHaveNamedEventsAndErrorsOfTheirOwn() {
        MockServerWebExchange messages = MockServerWebExchange.from(MockServerHttpRequest.post("/v1/messages"));
        messages.getAttributes().put(RequestId.HEADER, "r1");
        stream.write(messages, Flux.concat(Flux.just(MessageEvent.ping()),
                Flux.error(EngineException.of(EngineException.Code.UNAVAILABLE, "The engine is gone.")))).block();
        assertThat(messages.getResponse().getBodyAsString().block())
                .isEqualTo(
                        "event: ping\ndata: {\"type\":\"ping\"}\n\nevent: error\ndata: {\"type\":\"error\",\"error\":"
                                + "{\"type\":\"overloaded_error\",\"message\":\"The engine is gone.\"}}\n\n");
    }

    @Test
    void cancelsTheChunksWhenTheWriteFailed() {
        AtomicBoolean cancelled = new AtomicBoolean();
        exchange.getResponse().setWriteHandler(_ -> Mono.error(new IllegalStateException("closed")));
        assertThatThrownBy(() -> stream
                .write(exchange,
                        Flux.concat(Flux.just(Map.of("a", 1)), Flux.never()).doOnCancel(() -> cancelled.set(true)))
                .block()).hasMessage("closed");
        assertThat(cancelled).isTrue();
    }

    private String body() {
        return exchange.getResponse().getBodyAsString().block();
    }
}
