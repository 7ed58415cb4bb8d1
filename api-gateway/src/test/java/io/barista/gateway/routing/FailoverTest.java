package io.barista.gateway.routing;

import static io.barista.gateway.ScriptedUpstream.breaksAfter;
import static io.barista.gateway.ScriptedUpstream.breaksOff;
import static io.barista.gateway.ScriptedUpstream.events;
import static io.barista.gateway.ScriptedUpstream.hangsUp;
import static io.barista.gateway.ScriptedUpstream.json;
import static io.barista.gateway.ScriptedUpstream.stalls;
import static io.barista.gateway.ScriptedUpstream.status;
import static org.assertj.core.api.Assertions.assertThat;
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
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

class FailoverTest {

    private final TestGateway gateway = TestGateway.shared();
    private final ScriptedUpstream left = ScriptedUpstream.start();
    private final ScriptedUpstream right = ScriptedUpstream.start();
    private final String model = gateway.serve(left, right);

    @AfterEach
    void nothingRunsAnyMore() {
        await().untilAsserted(() -> assertThat(gateway.running(model)).isZero());
        left.close();
        right.close();
    }

    @Test
    void asksAnotherReplicaWhenOneRefusesTheConnection() {
        left.kill();

        for (int i = 0; i < 6; i++) {
            assertThat(gateway.chat(model).statusCode()).isEqualTo(200);
        }
        assertThat(right.received()).hasSize(6);
    }

    @Test
    void asksAnotherReplicaWhenOneHangsUpBeforeItsAnswer() {
        left.does(hangsUp());

        for (int i = 0; i < 6; i++) {
            assertThat(gateway.chat(model).statusCode()).isEqualTo(200);
        }
        assertThat(right.received()).hasSize(6);
        assertThat(left.received()).hasSizeBetween(1, 6);
    }

    @Test
    void asksAnotherReplicaWhenOneIsDraining() {
        left.does(status(503, "{\"error\":{\"message\":\"draining\"}}"));

        for (int i = 0; i < 6; i++) {
            assertThat(gateway.chat(model).statusCode()).isEqualTo(200);
        }
        assertThat(right.received()).hasSize(6);
    }

    @Test
    void asksAnotherReplicaWhenOneSentHeadersAndNothingElse() {
        left.does(breaksAfter());
        right.does(events(Flux.just("data: right\n\ndata: [DONE]\n\n")));

        for (int i = 0; i < 2; i++) {
            HttpResponse<String> answer = gateway.chat(model);
            assertThat(answer.body()).isEqualTo("data: right\n\ndata: [DONE]\n\n");
            assertThat(answer.headers().allValues("content-type")).hasSize(1);
        }
        assertThat(left.received()).isNotEmpty();
    }

    @Test
    void sendsTheSameBytesAgain() {
        left.does(hangsUp());
        right.does(hangsUp());
        String body = "{\"model\":\"" + model + "\",\"filler\":\"" + "é".repeat(200_000) + "\"}";

        gateway.post("/v1/chat/completions", body);

        assertThat(left.received()).hasSize(1);
        assertThat(right.received()).hasSize(1);
        assertThat(left.received().getFirst().text()).isEqualTo(body);
        assertThat(right.received().getFirst().text()).isEqualTo(body);
    }

    @Test
    void asksEachReplicaOnceAndThenSaysWhenToComeBack() {
        left.does(status(503, "{}"));
        right.does(hangsUp());

        HttpResponse<String> answer = gateway.chat(model);

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("retry-after")).hasValue("1");
        assertThat(answer.body()).isEqualTo("{\"error\":{\"message\":\"No replica of the model `" + model
                + "` can take the request now. Try again soon.\",\"type\":\"server_error\",\"param\":null,"
                + "\"code\":\"service_unavailable\"}}");
        assertThat(left.received()).hasSize(1);
        assertThat(right.received()).hasSize(1);
        gateway.awaitEnded(model, EndReason.UNAVAILABLE, 1);
    }

    @Test
    void asksNobodyElseOnceAnAnswerHasBegun() {
        for (ScriptedUpstream replica : List.of(left, right)) {
            replica.does(breaksOff("application/json", "{\"half"));
        }

        assertThat(gateway.chat(model).statusCode()).isEqualTo(502);
        assertThat(left.received().size() + right.received().size()).isEqualTo(1);
    }

    @Test
    void passesAnErrorOfTheReplicaOnInsteadOfAskingAnother() {
        for (ScriptedUpstream replica : List.of(left, right)) {
            replica.does(status(500, "{\"error\":{\"message\":\"boom\"}}"));
        }

        HttpResponse<String> answer = gateway.chat(model);

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).isEqualTo("{\"error\":{\"message\":\"boom\"}}");
        assertThat(left.received().size() + right.received().size()).isEqualTo(1);
    }

    @Test
    void sharesRequestsOutByWhatIsOutstanding() {
        left.does(stalls());
        right.does(stalls());
        List<CompletableFuture<?>> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            clients.add(gateway.http().sendAsync(
                    gateway.json("/v1/chat/completions", TestGateway.chatBody(model)).build(),
                    HttpResponse.BodyHandlers.discarding()));
        }
        await().until(() -> left.running() + right.running() == 10);
        assertThat(left.running()).isEqualTo(5);

        right.does(json("{}")); // every request it gets now ends at once, so it stays the less loaded one
        left.kill();
        await().until(() -> right.received().size() == 10);
        clients.forEach(client -> client.cancel(true));
    }

    @Test
    void takesTurnsBetweenIdleReplicas() {
        for (int i = 0; i < 10; i++) {
            gateway.chat(model);
        }

        assertThat(left.received()).hasSize(5);
        assertThat(right.received()).hasSize(5);
    }

    @Test
    void leavesAReplicaAloneWhoseAnswersKeepBreakingOffAndFindsOutWhenItIsWellAgain() {
        left.does(breaksAfter("data: 1\n\n"));
        right.does(events(Flux.just("data: 1\n\ndata: [DONE]\n\n")));
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            gateway.chat(model);
            int before = left.received().size();
            gateway.chat(model);
            gateway.chat(model);
            return before >= 5 && left.received().size() == before; // it would have had one of two
        });

        left.does(events(Flux.just("data: 1\n\ndata: [DONE]\n\n")));

        int before = left.received().size();
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            gateway.chat(model);
            return left.received().size() >= before + 5;
        });
    }

    @Test
    void takesARestartedReplicaBack() {
        int port = left.port();
        left.kill();
        gateway.chat(model);
        gateway.chat(model);

        try (ScriptedUpstream restarted = ScriptedUpstream.startAt(port)) {
            await().until(() -> {
                gateway.chat(model);
                return restarted.received().size() >= 3;
            });
        }
    }

    @Test
    void losesNoRequestThatHadNotBegunWhenAReplicaIsKilledUnderLoad() throws Exception {
        Sinks.Empty<Void> killed = Sinks.empty();
        Flux<String> answer = Flux.just("data: first\n\n")
                .concatWith(Flux.just("data: last\n\n", "data: [DONE]\n\n").delaySubscription(killed.asMono()));
        left.does(events(answer));
        right.does(events(answer));
        List<HttpResponse<InputStream>> begun = ask(60).stream().map(CompletableFuture::join).toList();
        assertThat(left.running()).isEqualTo(30);

        List<CompletableFuture<HttpResponse<InputStream>>> later = ask(30);
        left.kill();
        later.addAll(ask(30));
        await().until(() -> right.running() >= 30);
        killed.tryEmitEmpty();

        int brokenOff = 0;
        for (HttpResponse<InputStream> response : begun) {
            String body = text(response);
            assertThat(body).startsWith("data: first\n\n").endsWith("data: [DONE]\n\n").containsAnyOf("data: last\n\n",
                    "\"code\":\"upstream_failed\"");
            brokenOff += body.contains("upstream_failed") ? 1 : 0;
        }
        assertThat(brokenOff).isEqualTo(30);
        for (CompletableFuture<HttpResponse<InputStream>> response : later) {
            assertThat(response.join().statusCode()).isEqualTo(200);
            assertThat(text(response.join())).startsWith("data: first\n\n").endsWith("data: [DONE]\n\n");
        }
        await().until(() -> gateway.ended(model, EndReason.COMPLETED)
                + gateway.ended(model, EndReason.UPSTREAM_ERROR) == 120);
    }

    private List<CompletableFuture<HttpResponse<InputStream>>> ask(int clients) {
        List<CompletableFuture<HttpResponse<InputStream>>> answers = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            answers.add(gateway.http().sendAsync(
                    gateway.json("/v1/chat/completions", TestGateway.chatBody(model)).build(),
                    HttpResponse.BodyHandlers.ofInputStream()));
        }
        return answers;
    }

    private static String text(HttpResponse<InputStream> response) throws IOException {
        try (InputStream body = response.body()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
