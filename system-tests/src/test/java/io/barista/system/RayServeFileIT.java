package io.barista.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** A Ray Serve LLM file runs as it is, with a key. */
class RayServeFileIT {

    private static final String RAY_SERVE = """
            applications:
            - name: llm-app
              route_prefix: "/"
              import_path: ray.serve.llm:build_openai_app
              args:
                llm_configs:
                  - model_loading_config:
                      model_id: team/first-model
                      model_source: %1$s
                    accelerator_type: A10G
                    deployment_config:
                      autoscaling_config:
                        min_replicas: 1
                        max_replicas: 2
                    engine_kwargs:
                      max_model_len: 1024
                      gpu_memory_utilization: 0.9
                  - model_loading_config:
                      model_id: second-model
                      model_source: %1$s
            """.formatted(Suite.ROOT.resolve("models/barista-demo"));

    @Test
    void servesBothModelsBehindOnePortAndAsksForTheKey() {
        try (Suite suite = Suite.upWith(RAY_SERVE, "--api-key", "open-sesame")) {
            assertThat(suite.get(suite.url() + "/v1/models").statusCode()).isEqualTo(401);
            assertThat(suite.get(suite.url() + "/health").statusCode()).isEqualTo(200);
            assertThat(ask(suite, "team/first-model")).contains("19").contains("team/first-model");
            assertThat(ask(suite, "second-model")).contains("19").contains("second-model");
            assertThat(suite.services()).extracting(Suite.Service::state).containsOnly("ready");
            asksForTheModelWhereThereAreSeveral(suite);
        }
    }

    private static void asksForTheModelWhereThereAreSeveral(Suite suite) {
        HttpResponse<String> answer = chat(suite, "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Suite.JSON.readTree(answer.body()).at("/error/param").asString()).isEqualTo("model");
    }

    private static String ask(Suite suite, String model) {
        return chat(suite, """
                {"model":"%s","messages":[{"role":"user","content":"What is 12 + 7?"}]}""".formatted(model)).body();
    }

    private static HttpResponse<String> chat(Suite suite, String body) {
        return suite.send(HttpRequest.newBuilder(URI.create(suite.url() + "/v1/chat/completions"))
                .header("Authorization", "Bearer open-sesame").header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }
}
