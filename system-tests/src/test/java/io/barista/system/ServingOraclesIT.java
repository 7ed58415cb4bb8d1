package io.barista.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Health, load, metrics and the list of models as vLLM and Ray Serve LLM test them; see docs/reference/oracles.md. */
class ServingOraclesIT {

    private static final List<String> NUMBERS = List.of("num_requests_running", "num_requests_waiting",
            "num_requests_waiting_by_reason", "kv_cache_usage_perc", "prefix_cache_queries", "prefix_cache_hits",
            "num_preemptions_total", "prompt_tokens_total", "generation_tokens_total", "iteration_tokens_total",
            "cache_config_info", "request_success_total");
    private static final List<String> HISTOGRAMS = List.of("request_prompt_tokens", "request_generation_tokens",
            "request_params_n", "request_params_max_tokens", "time_to_first_token_seconds",
            "inter_token_latency_seconds", "e2e_request_latency_seconds", "request_queue_time_seconds",
            "request_inference_time_seconds", "request_prefill_time_seconds", "request_decode_time_seconds");

    @Test
    void hasEveryMetricThatVllmsDashboardsRead() {
        Suite suite = DemoSuite.get();
        suite.post("/v1/completions", "{\"prompt\":\"Hi\",\"max_tokens\":3}");
        String metrics = suite.get(suite.replicas().getFirst().url() + "/metrics").body();

        assertThat(Stream.concat(NUMBERS.stream(),
                HISTOGRAMS.stream().flatMap(name -> Stream.of(name + "_sum", name + "_bucket", name + "_count"))))
                .hasSize(45).allSatisfy(name -> assertThat(metrics).contains("vllm:" + name));
    }

    @Test
    void tellsTheLoadAndForgetsItAfterwards() throws Exception {
        Suite suite = DemoSuite.get();
        assertThat(load(suite)).isZero();
        try (SseReader stream = SseReader.post(suite.http(), suite.url() + "/v1/completions",
                "{\"prompt\":\"Tell me a story.\",\"max_tokens\":900,\"ignore_eos\":true,\"stream\":true}")) {
            assertThat(stream.next()).isNotNull();
            assertThat(load(suite)).isEqualTo(1);
        }
        Instant deadline = Instant.now().plus(Duration.ofSeconds(20));
        while (load(suite) > 0 && Instant.now().isBefore(deadline)) {
            Thread.sleep(50);
        }
        assertThat(load(suite)).isZero();
    }

    @Test
    void isHealthyAndListsItsModelAsTextBeforeItsAdapters() {
        Suite suite = DemoSuite.get();
        JsonNode models = Suite.JSON.readTree(suite.get(suite.url() + "/v1/models").body()).get("data");

        assertThat(suite.get(suite.url() + "/health").statusCode()).isEqualTo(200);
        assertThat(suite.get(suite.url() + "/health").body()).isEmpty();
        assertThat(models.valueStream().map(model -> model.path("id").asString()))
                .containsExactly("barista-demo", "barista-demo:haiku", "barista-demo:pirate");
        assertThat(models.at("/0/metadata/input_modality").asString()).isEqualTo("text");
        assertThat(models.at("/0/max_model_len").asInt()).isEqualTo(2048);
    }

    @Test
    void refusesABodyThatIsNotJson() {
        Suite suite = DemoSuite.get();
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data")) {
            assertThat(suite.send(HttpRequest.newBuilder(URI.create(suite.url() + "/v1/chat/completions"))
                    .header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofString("{\"messages\":[]}")))
                    .statusCode()).isEqualTo(415);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "7", "[]", "{", "{\"messages\"", "{\"model\":{}}", "{\"model\":[\"a\"]}",
        "{\"model\":\"\\ud800\",\"prompt\":\"Hi\"}", "{\"prompt\":\"\\ud800\"}", "{\"prompt\":1e999}",
        "{\"prompt\":\"Hi\",\"temperature\":1e999}", "{\"prompt\":\"Hi\",\"max_tokens\":99999999999999999999}",
        "{\"prompt\":\"Hi\",\"stop\":{}}", "{\"prompt\":\"Hi\"}}", "{\"prompt\":\"Hi\" \"n\":1}", "\uFEFF{",
        "{'prompt':'Hi'}"})
    void refusesWhatIsNoRequest(String body) {
        for (String path : List.of("/v1/chat/completions", "/v1/completions", "/v1/messages", "/v1/embeddings",
                "/v1/score",
                "/v1/rerank")) {
            HttpResponse<String> answer = DemoSuite.get().post(path, body);

            assertThat(answer.statusCode()).as(path + " " + answer.body()).isBetween(400, 499);
            assertThat(answer.body()).contains("\"message\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"prompt\":\"%s\"}", "{\"%s\":1}", "{\"model\":\"%s\",\"prompt\":\"Hi\"}"})
    void refusesTenMegabytesInOneString(String body) {
        assertThat(DemoSuite.get().post("/v1/completions", body.formatted("x".repeat(10 << 20))).statusCode()).isIn(400,
                404);
    }

    @Test
    void carriesTheRequestIdFromTheClientIntoTheAnswer() {
        Suite suite = DemoSuite.get();
        HttpResponse<String> answer = suite.send(HttpRequest.newBuilder(URI.create(suite.url() + "/v1/completions"))
                .header("Content-Type", "application/json").header("X-Request-Id", "trace-4711")
                .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"Hi\",\"max_tokens\":1}")));

        assertThat(answer.headers().firstValue("x-request-id")).hasValue("trace-4711");
        assertThat(Suite.JSON.readTree(answer.body()).get("id").asString()).isEqualTo("cmpl-trace-4711");
    }

    private static int load(Suite suite) {
        return Suite.JSON.readTree(suite.get(suite.url() + "/load").body()).get("server_load").asInt();
    }
}
