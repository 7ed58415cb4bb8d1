package io.barista.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.gateway.metrics.EndReason;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A gateway with a key, one model, little room and little time. */
class StrictGatewayTest {

    private static final String KEY = "s3cret";
    private static final int LARGEST_BODY = 100_000;

    private static ScriptedUpstream replica;
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        replica = ScriptedUpstream.start();
        gateway = TestGateway.start(List.of("only"), "BARISTA_API_KEY=" + KEY,
                "barista.gateway.body.max-size=" + LARGEST_BODY + "B", "barista.gateway.body.memory=150000B",
                "barista.gateway.body.read-timeout=3s", "barista.gateway.answer.deadline=4s",
                "barista.gateway.answer.idle-timeout=60s");
        gateway.serve("only", replica);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        replica.close();
    }

    @Test
    void turnsAwayWhoeverHasNoKeyFromEveryRouteButHealth() {
        for (String path : List.of("/v1/models", "/v1/models/only", "/version", "/metrics", "/actuator/prometheus",
                "/nowhere", "/v1/chat/completions", "/actuator")) {
            HttpResponse<String> answer = gateway.get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(401);
            assertThat(answer.headers().firstValue("www-authenticate")).hasValue("Bearer");
            assertThat(answer.headers().firstValue("x-request-id")).isPresent();
            assertThat(answer.body()).isEqualTo("{\"error\":{\"message\":\"The API key is missing or wrong. Send it as "
                    + "`Authorization: Bearer <key>`.\",\"type\":\"authentication_error\",\"param\":null,"
                    + "\"code\":\"invalid_api_key\"}}");
        }
        for (String path : List.of("/health", "/ping", "/actuator/health", "/actuator/health/readiness",
                "/actuator/health/liveness")) {
            assertThat(gateway.get(path).statusCode()).as(path).isEqualTo(200);
        }
    }

    @Test
    void takesTheRightKeyOnly() {
        for (String wrong : List.of("Bearer wrong", "Bearer " + KEY + "x", "Bearer ", KEY, "Basic " + KEY, "Bearer")) {
            assertThat(gateway.send(gateway.request("/v1/models").header("authorization", wrong)).statusCode())
                    .as(wrong)
                    .isEqualTo(401);
        }
        assertThat(gateway.send(gateway.request("/v1/models").header("authorization", "bearer " + KEY)).statusCode())
                .isEqualTo(200);
    }

    @Test
    void takesTheKeyWhereAnthropicsClientsPutItAndRefusesInTheirShape() {
        assertThat(gateway.send(gateway.request("/v1/models").header("x-api-key", KEY)).statusCode()).isEqualTo(200);
        HttpResponse<String> answer = gateway.send(gateway.json("/v1/messages", "{}").header("x-api-key", "wrong"));
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).startsWith("{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",");
    }

    @Test
    void doesNotOpenOtherRoutesToPathsThatOnlyBeginLikeHealth() {
        for (String path : List.of("/healthz", "/health/../v1/models", "/actuator/healthy",
                "/actuator/health/../prometheus",
                "/actuator/health/%2e%2e/prometheus")) {
            assertThat(rawStatus(path)).as(path).isIn(401, 404);
        }
    }

    @Test
    void showsTheKeyWhenItAsksAReplicaForItsModels() {
        replica.does(ScriptedUpstream.json("{\"data\":[{\"id\":\"only\"}]}"));

        gateway.send(authorized(gateway.request("/v1/models")));

        assertThat(replica.received().getLast().header("authorization")).isEqualTo("Bearer " + KEY);
    }

    @Test
    void needsNoModelWhenThereIsOnlyOne() {
        replica.does(ScriptedUpstream.json("{\"ok\":true}"));

        assertThat(post("{\"messages\":[]}").body()).isEqualTo("{\"ok\":true}");
        assertThat(post("{\"model\":null}").body()).isEqualTo("{\"ok\":true}");
    }

    @Test
    void refusesABodyOverTheCapWhetherItsLengthIsDeclaredOrNot() {
        int before = replica.received().size();
        byte[] body = ("{\"x\":\"" + "a".repeat(LARGEST_BODY) + "\"}").getBytes(StandardCharsets.US_ASCII);

        for (HttpRequest.BodyPublisher publisher : List.of(HttpRequest.BodyPublishers.ofByteArray(body),
                HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))) {
            HttpResponse<String> answer = gateway.send(authorized(gateway.request("/v1/chat/completions"))
                    .header("content-type", "application/json").POST(publisher));
            assertThat(answer.statusCode()).isEqualTo(413);
            assertThat(answer.body()).contains("larger than the limit of 100000 bytes").contains("request_too_large");
        }
        assertThat(replica.received()).hasSize(before);
    }

    @Test
    void takesABodyOfExactlyTheCap() {
        replica.does(ScriptedUpstream.json("{}"));
        String frame = "{\"x\":\"\"}";

        assertThat(post("{\"x\":\"" + "a".repeat(LARGEST_BODY - frame.length()) + "\"}").statusCode()).isEqualTo(200);
        assertThat(replica.received().getLast().body()).hasSize(LARGEST_BODY);
    }

    @Test
    void holdsNoMoreBodiesThanItHasMemoryForAndForgetsThemWhenTheirAnswersBegin() throws Exception {
        replica.does(ScriptedUpstream.stalls());
        String large = "{\"x\":\"" + "a".repeat(LARGEST_BODY - 100) + "\"}";
        var first = gateway.http().sendAsync(authorized(gateway.json("/v1/chat/completions", large)).build(),
                HttpResponse.BodyHandlers.ofString());
        org.awaitility.Awaitility.await().until(() -> replica.running() == 1);

        HttpResponse<String> second = post(large);
        assertThat(second.statusCode()).isEqualTo(503);
        assertThat(second.headers().firstValue("retry-after")).isPresent();

        first.get(); // its deadline ends it
        replica.does(ScriptedUpstream.events(Flux.just("data: 1\n\n").concatWith(Mono.never())));
        var begun = gateway.http().send(authorized(gateway.json("/v1/chat/completions", large)).build(),
                HttpResponse.BodyHandlers.ofInputStream());
        begun.body().readNBytes(9);
        replica.does(ScriptedUpstream.json("{}"));
        assertThat(post(large).statusCode()).isEqualTo(200);
        begun.body().close();
    }

    @Test
    void endsARequestAtItsDeadlineBeforeItsAnswer() {
        replica.does(ScriptedUpstream.stalls());

        HttpResponse<String> answer = post("{}");

        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(answer.body()).contains("longer than the 4 s").contains("upstream_timeout");
        org.awaitility.Awaitility.await().until(() -> replica.running() == 0);
        assertThat(gateway.ended("only", EndReason.DEADLINE)).isPositive();
    }

    @Test
    void endsAStreamAtItsDeadlineWithAnErrorEvent() {
        replica.does(ScriptedUpstream
                .events(Flux.interval(java.time.Duration.ofMillis(50)).onBackpressureDrop()
                        .map(i -> "data: " + i + "\n\n")));

        assertThat(post("{}").body()).startsWith("data: 0\n\n").contains("longer than the 4 s")
                .endsWith("\"code\":\"upstream_timeout\"}}\n\ndata: [DONE]\n\n");
        org.awaitility.Awaitility.await().until(() -> replica.running() == 0);
    }

    @Test
    void doesNotWaitForEverForABody() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
            socket.getOutputStream().write(("POST /v1/completions HTTP/1.1\r\nHost: b\r\nAuthorization: Bearer " + KEY
                    + "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"model\":")
                    .getBytes(StandardCharsets.US_ASCII));

            String head = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);

            assertThat(head).isEqualTo("HTTP/1.1 408");
        }
    }

    private static HttpResponse<String> post(String body) {
        return gateway.send(authorized(gateway.json("/v1/chat/completions", body)));
    }

    private static HttpRequest.Builder authorized(HttpRequest.Builder request) {
        return request.header("authorization", "Bearer " + KEY);
    }

    /** Java's client would resolve the dots itself. */
    private static int rawStatus(String path) {
        try (Socket socket = new Socket("127.0.0.1", gateway.port())) {
            socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return Integer.parseInt(answer.substring(9, 12));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
