package io.barista.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Kill -9 of one of two replicas under load. */
class ReplicaFailureIT {

    private static final String TWO_REPLICAS = """
            model_loading_config:
              model_id: barista-demo
              model_source: %s
            deployment_config:
              num_replicas: 2
            """.formatted(Suite.ROOT.resolve("models/barista-demo"));

    private static final String LONG = """
            {"model":"barista-demo","prompt":"Tell me a story.","max_tokens":600,"ignore_eos":true,"stream":true}""";
    private static final String SHORT = """
            {"model":"barista-demo","messages":[{"role":"user","content":"What is 12 + 7?"}]}""";

    /** How a stream ended. */
    private enum Ending {
        WHOLE, ERROR_EVENT, TORN
    }

    @Test
    void losesNoRequestThatHadNotBegunAndEndsTheBegunOnesWithAnErrorEvent() throws Exception {
        try (Suite suite = Suite.upWith(TWO_REPLICAS);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch begun = new CountDownLatch(8);
            List<Future<Ending>> streams = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                streams.add(clients.submit(() -> readToTheEnd(suite, begun)));
            }
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();

            ProcessHandle.of(suite.replicas().getFirst().pid()).orElseThrow().destroyForcibly();
            List<Future<Integer>> unbegun = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                unbegun.add(clients.submit(() -> suite.post("/v1/chat/completions", SHORT).statusCode()));
            }

            for (Future<Integer> status : unbegun) {
                assertThat(status.get(60, TimeUnit.SECONDS)).isEqualTo(200);
            }
            List<Ending> endings = new ArrayList<>();
            for (Future<Ending> stream : streams) {
                endings.add(stream.get(120, TimeUnit.SECONDS));
            }
            assertThat(endings).doesNotContain(Ending.TORN).contains(Ending.ERROR_EVENT).contains(Ending.WHOLE);
            assertThat(Metrics.value(suite, suite.url(), "barista_gateway_requests_running")).isZero();
            assertThat(restarted(suite)).as("the dead replica is started again").isTrue();
        }
    }

    private static Ending readToTheEnd(Suite suite, CountDownLatch begun) throws Exception {
        boolean error = false;
        String last = null;
        try (SseReader stream = SseReader.post(suite.http(), suite.url() + "/v1/completions", LONG)) {
            for (String event = stream.next(); event != null; event = stream.next()) {
                if (last == null) {
                    begun.countDown();
                }
                error |= event.startsWith("{\"error\"");
                last = event;
            }
        }
        return !"[DONE]".equals(last) ? Ending.TORN : error ? Ending.ERROR_EVENT : Ending.WHOLE;
    }

    private static boolean restarted(Suite suite) throws InterruptedException {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(60));
        while (Instant.now().isBefore(deadline)) {
            if (suite.replicas().stream().allMatch(replica -> replica.state().equals("ready"))) {
                return true;
            }
            Thread.sleep(200);
        }
        return false;
    }
}
