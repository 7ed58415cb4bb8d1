package io.barista.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the README promises of a plain {@code ./barista up}. */
class WorkingChatIT {

    private static final String SUM = """
            {"model":"barista-demo","messages":[{"role":"user","content":"What is 12 + 7?"}],"stream":%s}""";

    @Test
    void twelveAndSevenAreNineteen() {
        HttpResponse<String> answer = DemoSuite.get().post("/v1/chat/completions", SUM.formatted(false));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Suite.JSON.readTree(answer.body()).at("/choices/0/message/content").asString()).contains("19");
    }

    @Test
    void theModelMayBeLeftOutWhenThereIsOne() {
        HttpResponse<String> answer = DemoSuite.get().post("/v1/chat/completions", """
                {"messages":[{"role":"user","content":[{"type":"text","text":"What is 12 + 7?"}]}]}""");

        assertThat(Suite.JSON.readTree(answer.body()).at("/choices/0/message/content").asString()).contains("19");
    }

    @Test
    void theAnswerStreamsTokenByTokenAndEndsWithDone() throws Exception {
        List<String> events = new ArrayList<>();
        try (SseReader stream = SseReader.post(DemoSuite.get().http(), DemoSuite.get().url() + "/v1/chat/completions",
                SUM.formatted(true))) {
            for (String event = stream.next(); event != null; event = stream.next()) {
                events.add(event);
            }
        }

        assertThat(events).last().isEqualTo("[DONE]");
        List<JsonNode> chunks = events.subList(0, events.size() - 1).stream().map(Suite.JSON::readTree).toList();
        assertThat(chunks.getFirst().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
        List<String> texts = chunks.stream().map(chunk -> chunk.at("/choices/0/delta/content").asString(""))
                .filter(text -> !text.isEmpty()).toList();
        assertThat(texts).hasSizeGreaterThan(2);
        assertThat(String.join("", texts)).contains("19");
        assertThat(chunks.stream().filter(chunk -> !chunk.at("/choices/0/finish_reason").isNull()
                && !chunk.at("/choices/0/finish_reason").isMissingNode())).hasSize(1);
    }

    /** The cases of models/barista-demo/golden.json through the gateway, all at once, so that they share batches. */
    @TestFactory
    Stream<DynamicTest> theGoldenAnswersComeThroughTheGatewayUnchanged() throws Exception {
        JsonNode cases = Suite.JSON.readTree(Files.readString(Suite.ROOT.resolve("models/barista-demo/golden.json")))
                .get("cases");
        List<Future<HttpResponse<String>>> answers = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (JsonNode golden : cases) {
                ObjectNode request = Suite.JSON.createObjectNode().put("model", "barista-demo").put("temperature", 0)
                        .put("max_tokens", golden.get("max_new_tokens").asInt()).put("add_special_tokens", false)
                        .put("skip_special_tokens", false);
                request.set("prompt", golden.get("prompt_ids"));
                answers.add(clients.submit(() -> DemoSuite.get().post("/v1/completions", request.toString())));
            }
        }
        return IntStream.range(0, cases.size())
                .mapToObj(i -> DynamicTest.dynamicTest(cases.get(i).get("name").asString(), () -> {
                    JsonNode answer = Suite.JSON.readTree(answers.get(i).get().body());
                    assertThat(answer.at("/choices/0/text").asString()).isEqualTo(cases.get(i).get("text").asString());
                    assertThat(answer.at("/usage/completion_tokens").asInt())
                            .isEqualTo(cases.get(i).get("output_ids").size());
                }));
    }

    @Test
    void everyErrorHasTheOneShape() {
        Suite suite = DemoSuite.get();
        URI chat = URI.create(suite.url() + "/v1/chat/completions");
        List<HttpResponse<String>> errors = List.of(suite.get(suite.url() + "/v1/no/such/route"),
                suite.get(suite.url() + "/v1/chat/completions"),
                suite.post("/v1/chat/completions", "{"),
                suite.post("/v1/chat/completions", "[".repeat(100_000)),
                suite.post("/v1/chat/completions", "{\"model\":\"nobody\",\"messages\":[]}"),
                suite.post("/v1/chat/completions", "{\"model\":\"barista-demo\",\"messages\":[]}"),
                suite.send(HttpRequest.newBuilder(chat).header("Content-Type", "text/plain")
                        .POST(HttpRequest.BodyPublishers.ofString("hello"))),
                suite.send(HttpRequest.newBuilder(chat).header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[33 * 1024 * 1024]))));

        assertThat(errors).extracting(HttpResponse::statusCode).containsExactly(404, 405, 400, 400, 404, 400, 415, 413);
        assertThat(errors).allSatisfy(error -> {
            JsonNode body = Suite.JSON.readTree(error.body()).get("error");
            assertThat(body.get("message").asString()).isNotBlank();
            assertThat(body.get("type").asString()).isNotBlank();
            assertThat(body.has("param")).isTrue();
            assertThat(body.has("code")).isTrue();
        });
    }

    @Test
    void theRequestIdComesBack() {
        Suite suite = DemoSuite.get();
        HttpRequest.Builder models = HttpRequest.newBuilder(URI.create(suite.url() + "/v1/models"));

        assertThat(suite.send(models.copy().header("x-request-id", "my-id")).headers().firstValue("x-request-id"))
                .hasValue("my-id");
        assertThat(suite.send(models).headers().firstValue("x-request-id").orElseThrow())
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    }
}
