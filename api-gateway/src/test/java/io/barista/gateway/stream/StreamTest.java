package io.barista.gateway.stream;

import static io.barista.gateway.ScriptedUpstream.breaksAfter;
import static io.barista.gateway.ScriptedUpstream.breaksOff;
import static io.barista.gateway.ScriptedUpstream.events;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.barista.gateway.ScriptedUpstream;
import io.barista.gateway.TestGateway;
import io.barista.gateway.metrics.EndReason;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class StreamTest {

    private static final String BROKEN_OFF = "data: {\"error\":{\"message\":\"The model broke off its answer.\","
            + "\"type\":\"server_error\",\"param\":null,\"code\":\"upstream_failed\"}}\n\ndata: [DONE]\n\n";

    private final TestGateway gateway = TestGateway.shared();
    private final ScriptedUpstream replica = ScriptedUpstream.start();
    private final String model = gateway.serve(replica);

    @AfterEach
    void nothingRunsAnyMore() {
        await().untilAsserted(() -> assertThat(gateway.running(model)).isZero());
        await().untilAsserted(() -> assertThat(replica.running()).isZero());
        replica.close();
    }

    @Test
    void passesEventsOnUnchanged() {
        String events = ": hello\r\n\r\ndata: {\"a\": 1.0,\n data: \"b\"}\n\nevent: x\rdata: é😀\r\rdata:  spaced \n\n"
                + "data: [DONE]\n\n";
        replica.does(events(Flux.just(events)));

        assertThat(gateway.chat(model).body()).isEqualTo(events);
        gateway.awaitEnded(model, EndReason.COMPLETED, 1);
    }

    @Test
    void passesEachEventOnAsSoonAsItIsWhole() throws Exception {
        Sinks.Many<String> pieces = Sinks.many().unicast().onBackpressureBuffer();
        replica.does(events(pieces.asFlux()));
        pieces.tryEmitNext("data: 1\n\nda");

        try (InputStream answer = open()) {
            assertThat(answer.readNBytes(9)).asString().isEqualTo("data: 1\n\n"); // blocks for ever if it is held back
            pieces.tryEmitNext("ta: 2\n");
            pieces.tryEmitNext("\n");
            assertThat(answer.readNBytes(9)).asString().isEqualTo("data: 2\n\n");
            pieces.tryEmitNext("data: [DONE]\n\n");
            pieces.tryEmitComplete();
            assertThat(answer.readAllBytes()).asString().isEqualTo("data: [DONE]\n\n");
        }
    }

    @Test
    void joinsEventsThatComeByteForByte() {
        String events = IntStream.range(0, 40).mapToObj(i -> "data: {\"token\":\"é" + i + "\"}\n\n")
                .reduce("", String::concat) + "data: [DONE]\n\n";
        byte[] bytes = events.getBytes(StandardCharsets.UTF_8);
        replica.does((_, response) -> response.header("content-type", "text/event-stream")
                .sendByteArray(Flux.range(0, bytes.length).map(i -> new byte[]{bytes[i]})));

        assertThat(gateway.chat(model).body()).isEqualTo(events);
    }

    @Test
    void tellsProxiesNotToBufferAndNeverCompresses() {
        replica.does(events(Flux.just("data: [DONE]\n\n")));

        HttpResponse<String> answer = gateway.send(gateway
                .json("/v1/chat/completions", TestGateway.chatBody(model)).header("accept-encoding", "gzip, br"));

        assertThat(answer.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
        assertThat(answer.headers().firstValue("x-accel-buffering")).hasValue("no");
        assertThat(answer.headers().firstValue("cache-control")).hasValue("no-cache");
        assertThat(answer.headers().firstValue("content-encoding")).isEmpty();
        assertThat(answer.headers().firstValue("content-length")).isEmpty();
    }

    @Test
    void endsAStreamThatBreaksBetweenEventsWithAnErrorEvent() {
        replica.does(breaksAfter("data: 1\n\n", "data: 2\n\n"));

        assertThat(gateway.chat(model).body()).isEqualTo("data: 1\n\ndata: 2\n\n" + BROKEN_OFF);
        gateway.awaitEnded(model, EndReason.UPSTREAM_ERROR, 1);
    }

    @Test
    void tellsAReaderOfMessagesInItsOwnWordsThatItsStreamBroke() {
        replica.does(breaksAfter("event: ping\ndata: {\"type\":\"ping\"}\n\n"));

        assertThat(gateway.post("/v1/messages", TestGateway.chatBody(model)).body())
                .isEqualTo(
                        "event: ping\ndata: {\"type\":\"ping\"}\n\nevent: error\ndata: {\"type\":\"error\",\"error\":"
                                + "{\"type\":\"api_error\",\"message\":\"The model broke off its answer.\"}}\n\n");
    }

    @Test
    void heartbeatsPassAndAreNoFirstEvent() throws Exception {
        Sinks.Many<String> pieces = Sinks.many().unicast().onBackpressureBuffer();
        replica.does(events(pieces.asFlux()));
        pieces.tryEmitNext(": keep-alive\n\n");

        try (InputStream answer = open()) {
            assertThat(answer.readNBytes(14)).asString().isEqualTo(": keep-alive\n\n");
            pieces.tryEmitNext("data: [DONE]\n\n");
            pieces.tryEmitComplete();
            assertThat(answer.readAllBytes()).asString().isEqualTo("data: [DONE]\n\n");
        }
    }

    @Test
    void endsEveryStreamThatBreaksInFullFlowWithAnErrorEvent() throws Exception {
        replica.does(events(Flux.interval(Duration.ofMillis(2)).onBackpressureDrop().map(i -> "data: " + i + "\n\n")));
        List<InputStream> answers = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            answers.add(open());
        }

        replica.kill();

        for (InputStream answer : answers) {
            assertThat(new String(answer.readAllBytes(), StandardCharsets.UTF_8)).startsWith("data: 0\n\n")
                    .endsWith(BROKEN_OFF);
        }
        gateway.awaitEnded(model, EndReason.UPSTREAM_ERROR, 60);
    }

    @Test
    void doesNotLetHalfAnEventOutWhenAStreamBreaksWithinIt() {
        replica.does(breaksAfter("data: 1\n\ndata: {\"half\":", "\"of it"));

        assertThat(gateway.chat(model).body()).isEqualTo("data: 1\n\n" + BROKEN_OFF);
    }

    @Test
    void endsAStreamThatStopsWithoutItsEndWithAnErrorEvent() {
        replica.does(events(Flux.just("data: 1\n\n", "data: 2\n")));

        assertThat(gateway.chat(model).body()).isEqualTo("data: 1\n\n" + BROKEN_OFF);
        gateway.awaitEnded(model, EndReason.UPSTREAM_ERROR, 1);
    }

    @Test
    void expectsNoDoneFromEndpointsThatHaveNone() {
        replica.does(events(Flux.just("event: response.completed\ndata: {}\n\n")));

        assertThat(gateway.post("/v1/responses", TestGateway.chatBody(model)).body())
                .isEqualTo("event: response.completed\ndata: {}\n\n");
    }

    @Test
    void mindsNoBreakAfterTheLastWord() {
        replica.does(breaksAfter("data: 1\n\n", "data: [DONE]\n\n"));

        assertThat(gateway.chat(model).body()).isEqualTo("data: 1\n\ndata: [DONE]\n\n");
        gateway.awaitEnded(model, EndReason.COMPLETED, 1);
    }

    @Test
    void endsAStreamWhoseReplicaFallsSilentWithAnErrorEvent() {
        replica.does(events(Flux.just("data: 1\n\n").concatWith(Mono.never())));

        assertThat(gateway.chat(model).body())
                .startsWith("data: 1\n\ndata: {\"error\":{\"message\":\"The model fell silent")
                .endsWith("\"code\":\"upstream_timeout\"}}\n\ndata: [DONE]\n\n");
        gateway.awaitEnded(model, EndReason.IDLE_TIMEOUT, 1);
    }

    @Test
    void answersForAPlainAnswerThatBreaksOff() {
        replica.does(breaksOff("application/json", "{\"id\":", "\"half"));

        HttpResponse<String> answer = gateway.chat(model);

        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.body()).isEqualTo("{\"error\":{\"message\":\"The model broke off its answer.\","
                + "\"type\":\"server_error\",\"param\":null,\"code\":\"upstream_failed\"}}");
        assertThat(replica.received()).hasSize(1);
    }

    @Test
    void passesALongPlainAnswerOnWhole() {
        String body = "{\"data\":\"" + "x".repeat(100_000) + "\"}";
        replica.does((_, response) -> response.header("content-type", "application/json")
                .sendString(Flux.just(body.substring(0, 10), body.substring(10, 5000), body.substring(5000))));

        assertThat(gateway.chat(model).body()).isEqualTo(body);
    }

    @Test
    void cutsALongPlainAnswerThatBreaksOffSoThatNobodyTakesItForWhole() {
        replica.does(breaksOff("application/json", "{\"data\":\"" + "x".repeat(2000), "x".repeat(2000)));

        assertThatThrownBy(() -> gateway.chat(model)).hasRootCauseInstanceOf(IOException.class);
        gateway.awaitEnded(model, EndReason.UPSTREAM_ERROR, 1);
    }

    @Test
    void cancelsTheReplicaWhenTheClientLeavesWithinAStream() throws Exception {
        replica.does(events(Flux.just("data: 1\n\n").concatWith(Mono.never())));

        InputStream answer = open();
        answer.readNBytes(9);
        assertThat(replica.running()).isEqualTo(1);
        answer.close();

        await().untilAsserted(() -> assertThat(replica.running()).isZero());
        gateway.awaitEnded(model, EndReason.CLIENT_ABORT, 1);
    }

    private InputStream open() throws IOException, InterruptedException {
        return gateway.http().send(gateway.json("/v1/chat/completions", TestGateway.chatBody(model)).build(),
                HttpResponse.BodyHandlers.ofInputStream()).body();
    }
}
