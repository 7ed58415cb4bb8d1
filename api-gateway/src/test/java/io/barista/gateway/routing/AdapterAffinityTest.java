package io.barista.gateway.routing;

import static io.barista.gateway.ScriptedUpstream.events;
import static io.barista.gateway.ScriptedUpstream.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.barista.gateway.ScriptedUpstream;
import io.barista.gateway.TestGateway;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

class AdapterAffinityTest {

    private final TestGateway gateway = TestGateway.shared();
    private final List<ScriptedUpstream> replicas = IntStream.range(0, 3).mapToObj(_ -> ScriptedUpstream.start())
            .toList();
    private final String model = gateway.serve(replicas.toArray(ScriptedUpstream[]::new));

    @AfterEach
    void nothingRunsAnyMore() {
        await().untilAsserted(() -> assertThat(gateway.running(model)).isZero());
        replicas.forEach(ScriptedUpstream::close);
    }

    @Test
    void anAdapterStaysOnOneReplicaAndManyAdaptersUseAll() {
        for (int adapter = 0; adapter < 30; adapter++) {
            String name = model + ":a" + adapter;
            List<Integer> before = received();
            for (int i = 0; i < 4; i++) {
                assertThat(gateway.chat(name).statusCode()).isEqualTo(200);
            }
            List<Integer> after = received();
            assertThat(IntStream.range(0, 3).map(i -> after.get(i) - before.get(i)).boxed().toList()).as(name)
                    .containsExactlyInAnyOrder(4, 0, 0);
        }
        assertThat(received()).allMatch(count -> count >= 4);
        assertThat(replicas.getFirst().received()).allSatisfy(request -> assertThat(request.text()).contains(":a"));
    }

    @Test
    void trafficOfTheBaseStaysBalanced() {
        for (int i = 0; i < 9; i++) {
            gateway.chat(model);
        }
        assertThat(received()).containsExactly(3, 3, 3);
    }

    @Test
    void anAdapterInDemandSpreadsOnceItsReplicaHasMoreThanItsShare() {
        Sinks.Empty<Void> end = Sinks.empty();
        replicas.forEach(replica -> replica
                .does(events(
                        Flux.just("data: {}\n\n").concatWith(end.asMono().thenMany(Flux.just("data: [DONE]\n\n"))))));
        List<CompletableFuture<HttpResponse<String>>> streams = IntStream.range(0, 24).mapToObj(_ -> gateway.http()
                .sendAsync(gateway.json("/v1/chat/completions", TestGateway.chatBody(model + ":popular")).build(),
                        HttpResponse.BodyHandlers.ofString()))
                .toList();
        try {
            await().untilAsserted(() -> assertThat(running().stream().mapToInt(Integer::intValue).sum()).isEqualTo(24));
            // 1.25 times an average of at most 8, and 4 more, is where the first one is full
            assertThat(running()).allMatch(count -> count <= 14).anyMatch(count -> count > 8);
        } finally {
            end.tryEmitEmpty();
            streams.forEach(CompletableFuture::join);
        }
    }

    @Test
    void anotherReplicaTakesOverWhatADeadOneHad() {
        String name = model + ":orphan";
        gateway.chat(name);
        ScriptedUpstream home = replicas.stream().filter(replica -> !replica.received().isEmpty()).findFirst()
                .orElseThrow();
        home.kill();

        for (int i = 0; i < 5; i++) {
            assertThat(gateway.chat(name).statusCode()).isEqualTo(200);
        }
        assertThat(received()).containsExactlyInAnyOrder(1, 5, 0);
    }

    @Test
    void aReplicaThatComesMovesOnlyItsOwnShare() {
        List<String> names = IntStream.range(0, 40).mapToObj(i -> model + ":a" + i).toList();
        replicas.forEach(replica -> replica.does(json("{\"ok\":true}")));
        names.forEach(gateway::chat);
        List<Integer> before = received();
        try (ScriptedUpstream fourth = ScriptedUpstream.start()) {
            gateway.serve(model, replicas.get(0), replicas.get(1), replicas.get(2), fourth);

            names.forEach(gateway::chat);

            int moved = fourth.received().size();
            assertThat(moved).isBetween(1, 25);
            List<Integer> after = received();
            assertThat(IntStream.range(0, 3).map(i -> after.get(i) - 2 * before.get(i)).sum()).isEqualTo(-moved);
            assertThat(IntStream.range(0, 3).map(i -> after.get(i) - 2 * before.get(i)).boxed())
                    .allMatch(change -> change <= 0);
        }
    }

    private List<Integer> received() {
        return replicas.stream().map(replica -> replica.received().size()).toList();
    }

    private List<Integer> running() {
        return replicas.stream().map(ScriptedUpstream::running).toList();
    }
}
