package io.barista.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The demo's adapters from a plain {@code ./barista up}. */
class AdaptersIT {

    /** Each with its folder. */
    private static final Map<String, String> MODELS = Map.of("barista-demo", "barista-demo", "barista-demo:pirate",
            "adapters/pirate", "barista-demo:haiku", "adapters/haiku");

    /** A case of an adapter's or the base model's golden.json, and what came of it. */
    private record Asked(String model, JsonNode golden, Future<HttpResponse<String>> answer) {

        String name() {
            return model + " " + golden.get("name").asString();
        }
    }

    /** All cases of both adapters and of the base at once, so that they share batches. */
    @TestFactory
    Stream<DynamicTest> eachAnswersAsIfAloneInABatchOfAll() throws Exception {
        List<Asked> asked = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Map.Entry<String, String> model : MODELS.entrySet()) {
                for (JsonNode golden : goldens(model.getValue())) {
                    String request = request(model.getKey(), golden);
                    asked.add(new Asked(model.getKey(), golden,
                            clients.submit(() -> DemoSuite.get().post("/v1/completions", request))));
                }
            }
        }
        return asked.stream().map(each -> DynamicTest.dynamicTest(each.name(), () -> {
            JsonNode answer = Suite.JSON.readTree(each.answer().get().body());
            assertThat(answer.path("model").asString()).isEqualTo(each.model());
            JsonNode differs = each.golden().path("bf16_differs_at"); // from there on bfloat16 goes its own way
            assertThat(answer.at("/choices/0/text").asString()).satisfies(text -> {
                if (differs.isNull() || differs.isMissingNode()) {
                    assertThat(text).isEqualTo(each.golden().get("text").asString());
                } else {
                    assertThat(text).isNotEmpty();
                }
            });
        }));
    }

    private static String request(String model, JsonNode golden) {
        ObjectNode request = Suite.JSON.createObjectNode().put("model", model).put("temperature", 0)
                .put("max_tokens", golden.get("max_new_tokens").asInt()).put("add_special_tokens", false)
                .put("skip_special_tokens", false);
        request.set("prompt", golden.get("prompt_ids"));
        return request.toString();
    }

    private static JsonNode goldens(String folder) throws Exception {
        return Suite.JSON
                .readTree(Files.readString(Suite.ROOT.resolve("models").resolve(folder).resolve("golden.json")))
                .get("cases");
    }

    /** It starts when the others are ready, and nobody waits for it. */
    @BeforeAll
    static void awaitRegistry() throws InterruptedException {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(120));
        while (!registry().state().equals("ready") && Instant.now().isBefore(deadline)) {
            Thread.sleep(200);
        }
    }

    private static Suite.Service registry() {
        return DemoSuite.get().services().stream().filter(service -> service.name().equals("lora-registry"))
                .findFirst().orElseThrow();
    }

    @Test
    void modelsListsTheBaseAndItsAdaptersWithoutAnyAddress() {
        String body = DemoSuite.get().get(DemoSuite.get().url() + "/v1/models").body();

        List<String> ids = new ArrayList<>();
        Suite.JSON.readTree(body).get("data").forEach(card -> ids.add(card.get("id").asString()));
        assertThat(ids).containsExactly("barista-demo", "barista-demo:haiku", "barista-demo:pirate");
        assertThat(body).doesNotContain("/models/adapters", Suite.ROOT.toString(), "s3://");
        JsonNode card = Suite.JSON
                .readTree(DemoSuite.get().get(DemoSuite.get().url() + "/v1/models/barista-demo:pirate").body());
        assertThat(card.path("parent").asString()).isEqualTo("barista-demo");
        assertThat(DemoSuite.get().get(DemoSuite.get().url() + "/v1/models/barista-demo:none").statusCode())
                .isEqualTo(404);
    }

    @Test
    void anUnknownAdapterIsUnknownInOpenAisShape() {
        HttpResponse<String> answer = DemoSuite.get().post("/v1/chat/completions", """
                {"model":"barista-demo:nobody","messages":[{"role":"user","content":"Hello"}]}""");

        assertThat(answer.statusCode()).isEqualTo(404);
        JsonNode error = Suite.JSON.readTree(answer.body()).get("error");
        assertThat(error.path("code").asString()).isEqualTo("model_not_found");
        assertThat(error.path("message").asString()).contains("barista-demo:nobody");
    }

    @Test
    void theRegistryTellsOfBothAndServesTheirFiles() throws Exception {
        String registry = registry().url();

        JsonNode list = Suite.JSON.readTree(DemoSuite.get().get(registry + "/v1/adapters?base=barista-demo").body());
        assertThat(list.path("total").asInt()).isEqualTo(2);
        String config = DemoSuite.get()
                .get(registry + "/v1/adapters/barista-demo/pirate/files/adapter_config.json").body();
        assertThat(config).isEqualTo(
                Files.readString(Suite.ROOT.resolve("models/adapters/pirate/adapter_config.json")));
        assertThat(DemoSuite.get().get(registry + "/openapi.yaml").body()).contains("/v1/adapters/{base}/{name}");
    }
}
