package io.barista.gateway.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barista.gateway.ScriptedUpstream;
import io.barista.gateway.TestGateway;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

class ShutdownTest {

    @Test
    void letsAStreamFinishAndEndsOneThatCannotWithAnErrorEvent() throws Exception {
        try (ScriptedUpstream replica = ScriptedUpstream.start()) {
            TestGateway gateway = TestGateway.start(List.of("m"), "spring.lifecycle.timeout-per-shutdown-phase=8s",
                    "barista.gateway.answer.shutdown-margin=5s");
            gateway.serve("m", replica);
            Sinks.Many<String> finishing = Sinks.many().unicast().onBackpressureBuffer();
            InputStream finishable = open(gateway, replica, finishing.asFlux());
            InputStream endless = open(gateway, replica,
                    Flux.interval(Duration.ofMillis(50)).onBackpressureDrop().map(i -> "data: " + i + "\n\n"));
            finishing.tryEmitNext("data: 1\n\n");
            assertThat(finishable.readNBytes(9)).asString().isEqualTo("data: 1\n\n");
            assertThat(endless.readNBytes(9)).asString().isEqualTo("data: 0\n\n");

            Thread stopping = Thread.ofVirtual().start(gateway::close);

            await().until(() -> refusesConnections(gateway.port()));
            finishing.tryEmitNext("data: 2\n\ndata: [DONE]\n\n");
            finishing.tryEmitComplete();
            assertThat(finishable.readAllBytes()).asString().isEqualTo("data: 2\n\ndata: [DONE]\n\n");
            assertThat(new String(endless.readAllBytes(), StandardCharsets.UTF_8))
                    .endsWith("data: {\"error\":{\"message\":"
                            + "\"The gateway is shutting down. Send the request again.\",\"type\":\"server_error\","
                            + "\"param\":null,\"code\":\"service_unavailable\"}}\n\ndata: [DONE]\n\n");
            stopping.join();
            await().until(() -> replica.running() == 0);
        }
    }

    private static InputStream open(TestGateway gateway, ScriptedUpstream replica, Flux<String> answer)
            throws Exception {
        replica.does(ScriptedUpstream.events(Flux.just(":\n\n").concatWith(answer)));
        InputStream stream = gateway.http().send(
                gateway.json("/v1/chat/completions", TestGateway.chatBody("m")).build(),
                HttpResponse.BodyHandlers.ofInputStream()).body();
        stream.readNBytes(3);
        return stream;
    }

    private static boolean refusesConnections(int port) {
        try (var socket = new java.net.Socket("127.0.0.1", port)) {
            return false;
        } catch (java.io.IOException _) {
            return true;
        }
    }
}
