package io.barista.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The same model in other words, through the front door: OpenAI's responses and Anthropic's messages. */
class OtherApisIT {

    private static final String RESPONSE = """
            {"model":"barista-demo","input":"What is 12 + 7?","stream":%s}""";
    private static final String MESSAGE = """
            {"model":"barista-demo","max_tokens":64,"stream":%s,
             "messages":[{"role":"user","content":"What is 12 + 7?"}]}""";

    @Test
    void responsesStreamWhatTheyAnswerWhole() throws Exception {
        String whole = ok("/v1/responses", RESPONSE.formatted(false)).at("/output/0/content/0/text").asString();
        List<JsonNode> events = stream("/v1/responses", RESPONSE.formatted(true));

        assertThat(whole).contains("19");
        assertThat(joined(events, "response.output_text.delta", "/delta")).isEqualTo(whole);
        assertThat(events.getFirst().path("type").asString()).isEqualTo("response.created");
        assertThat(events.getLast().path("type").asString()).isEqualTo("response.completed");
    }

    @Test
    void responsesAreKeptForFollowUps() {
        String id = ok("/v1/responses", RESPONSE.formatted(false)).path("id").asString();

        assertThat(Suite.JSON.readTree(DemoSuite.get().get(DemoSuite.get().url() + "/v1/responses/" + id).body())
                .path("id").asString())
                .isEqualTo(id);
        JsonNode followUp = ok("/v1/responses", """
                {"model":"barista-demo","input":"And what is 3 + 4?","previous_response_id":"%s"}""".formatted(id));
        assertThat(followUp.path("previous_response_id").asString()).isEqualTo(id);
        HttpResponse<String> unknown = DemoSuite.get().get(DemoSuite.get().url() + "/v1/responses/resp_unknown");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("Response with id 'resp_unknown' not found.");
    }

    @Test
    void messagesStreamWhatTheyAnswerWhole() throws Exception {
        String whole = ok("/v1/messages", MESSAGE.formatted(false)).at("/content/0/text").asString();
        List<JsonNode> events = stream("/v1/messages", MESSAGE.formatted(true));

        assertThat(whole).contains("19");
        assertThat(joined(events, "content_block_delta", "/delta/text")).isEqualTo(whole);
        assertThat(events.getFirst().path("type").asString()).isEqualTo("message_start");
        assertThat(events.getLast().path("type").asString()).isEqualTo("message_stop");
    }

    @Test
    void everyApiHasItsOwnErrors() {
        HttpResponse<String> message = DemoSuite.get().post("/v1/messages", """
                {"model":"nobody","max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}""");
        assertThat(message.statusCode()).isEqualTo(404);
        assertThat(Suite.JSON.readTree(message.body()).at("/error/type").asString()).isEqualTo("not_found_error");

        HttpResponse<String> embedding = DemoSuite.get().post("/v1/embeddings", """
                {"model":"barista-demo","input":"Hi"}""");
        assertThat(embedding.statusCode()).isEqualTo(400);
        assertThat(embedding.body()).contains("The model does not support Embeddings API.");
    }

    private static JsonNode ok(String path, String body) {
        HttpResponse<String> answer = DemoSuite.get().post(path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Suite.JSON.readTree(answer.body());
    }

    private static List<JsonNode> stream(String path, String body) throws Exception {
        List<JsonNode> events = new ArrayList<>();
        try (SseReader stream = SseReader.post(DemoSuite.get().http(), DemoSuite.get().url() + path, body)) {
            for (String event = stream.next(); event != null; event = stream.next()) {
                events.add(Suite.JSON.readTree(event));
            }
        }
        return events;
    }

    private static String joined(List<JsonNode> events, String type, String pointer) {
        return events.stream().filter(event -> event.path("type").asString().equals(type))
                .map(event -> event.at(pointer).asString()).collect(Collectors.joining());
    }
}
