package io.barista.system;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the demo suite answered.
 *
 * @param body  the whole answer; for a stream its chunks, one after the other
 */
record Answer(int status, List<JsonNode> body) {

    /** Posts a body without waiting for chunks. */
    static Answer to(String path, String json) {
        HttpResponse<String> response = DemoSuite.get().post(path, json);
        return new Answer(response.statusCode(), List.of(Suite.JSON.readTree(response.body())));
    }

    /** Posts a body that has {@code "stream": true}, reads to the end, and checks that {@code [DONE]} is there. */
    static Answer streamed(String path, String json) {
        try (SseReader stream = SseReader.post(DemoSuite.get().http(), DemoSuite.get().url() + path, json)) {
            List<JsonNode> chunks = new ArrayList<>();
            String event = stream.next();
            while (event != null && !event.equals("[DONE]")) {
                chunks.add(Suite.JSON.readTree(event));
                event = stream.next();
            }
            if (event == null) {
                throw new AssertionError("the stream ended without [DONE] after " + chunks.size() + " chunks");
            }
            return new Answer(stream.status(), chunks);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A JSON object of these fields, of which later ones replace earlier ones of the same name. */
    static String object(String... fields) {
        ObjectNode object = Suite.JSON.createObjectNode();
        for (String some : fields) {
            object.setAll((ObjectNode) Suite.JSON.readTree("{" + some + "}"));
        }
        return object.toString();
    }

    JsonNode json() {
        return body.getFirst();
    }

    JsonNode at(String pointer) {
        return json().at(pointer);
    }

    String text(String pointer) {
        return at(pointer).asString();
    }

    List<JsonNode> choices() {
        return json().get("choices").valueStream().toList();
    }

    /** Of a stream: all there is at this place of a choice's chunks, joined. */
    String joined(int choice, String pointer) {
        StringBuilder text = new StringBuilder();
        choiceChunks(choice).forEach(chunk -> text.append(chunk.at(pointer).asString("")));
        return text.toString();
    }

    /** Of a stream: the chunks of a choice, from {@code /delta} or {@code /text} on. */
    List<JsonNode> choiceChunks(int choice) {
        return body.stream().flatMap(chunk -> chunk.get("choices").valueStream())
                .filter(chunk -> chunk.get("index").asInt() == choice).toList();
    }

    /** Of a stream: a choice's finish reasons, which should be one. */
    List<String> finishReasons(int choice) {
        return choiceChunks(choice).stream().map(chunk -> chunk.get("finish_reason")).filter(reason -> !reason.isNull())
                .map(JsonNode::asString).toList();
    }
}
