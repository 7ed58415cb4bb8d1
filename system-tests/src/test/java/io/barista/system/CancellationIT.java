package io.barista.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Clients that leave in the middle cost nothing once they are gone. */
class CancellationIT {

    private static final String STORY = """
            {"model":"barista-demo","prompt":"Tell me a story.","max_tokens":900,"ignore_eos":true,"stream":true}""";

    @Test
    void twoHundredRequestsCancelledMidwayLeaveNoBlockBehind() throws Exception {
        Suite suite = DemoSuite.get();
        List<Future<Boolean>> clients = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(10)) {
            for (int i = 0; i < 200; i++) {
                int eventsToRead = 2 + i % 5;
                clients.add(pool.submit(() -> leaveAfter(suite, eventsToRead)));
            }
        }
        for (Future<Boolean> client : clients) {
            assertThat(client.get()).as("the stream had begun when the client left").isTrue();
        }

        Suite.Service replica = suite.replicas().getFirst();
        Instant deadline = Instant.now().plus(Duration.ofSeconds(20));
        while (!idle(suite, replica) && Instant.now().isBefore(deadline)) {
            Thread.sleep(100);
        }
        assertThat(Metrics.value(suite, replica.url(), "vllm:kv_cache_usage_perc")).isZero();
        assertThat(Metrics.value(suite, replica.url(), "vllm:num_requests_running")).isZero();
        assertThat(Metrics.value(suite, replica.url(), "vllm:num_requests_waiting")).isZero();
        assertThat(suite.post("/v1/chat/completions", """
                {"messages":[{"role":"user","content":"What is 12 + 7?"}]}""").body()).contains("19");
    }

    private static boolean idle(Suite suite, Suite.Service replica) {
        return Metrics.value(suite, replica.url(), "vllm:num_requests_running") == 0
                && Metrics.value(suite, replica.url(), "vllm:num_requests_waiting") == 0;
    }

    private static boolean leaveAfter(Suite suite, int events) throws Exception {
        try (SseReader stream = SseReader.post(suite.http(), suite.url() + "/v1/completions", STORY)) {
            assertThat(stream.status()).isEqualTo(200);
            for (int i = 0; i < events; i++) {
                if (stream.next() == null) {
                    return false;
                }
            }
            return true;
        }
    }
}
