package io.barista.modelservice;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a stream sent, taken apart strictly: nothing but {@code data:} events, {@code [DONE]} last. */
record Sse(List<JsonNode> events) {

    private static final JsonMapper JSON = new JsonMapper();

    static Sse parse(String raw) {
        List<JsonNode> events = new ArrayList<>();
        String[] frames = raw.split("\n\n", -1);
        require(frames[frames.length - 1].isEmpty(), "ends with a blank line", raw);
        require(frames[frames.length - 2].equals("data: [DONE]"), "ends with [DONE]", raw);
        for (int i = 0; i < frames.length - 2; i++) {
            require(frames[i].startsWith("data: {") && !frames[i].contains("\n"), "is one data line", frames[i]);
            events.add(JSON.readTree(frames[i].substring("data: ".length())));
        }
        return new Sse(events);
    }

    /** A stream whose events have names, which their JSON repeats; no {@code [DONE]}. */
    static Sse parseNamed(String raw) {
        List<JsonNode> events = new ArrayList<>();
        String[] frames = raw.split("\n\n", -1);
        require(frames[frames.length - 1].isEmpty(), "ends with a blank line", raw);
        for (int i = 0; i < frames.length - 1; i++) {
            String[] lines = frames[i].split("\n");
            require(lines.length == 2 && lines[0].startsWith("event: ") && lines[1].startsWith("data: {"),
                    "is a name and one data line", frames[i]);
            JsonNode event = JSON.readTree(lines[1].substring("data: ".length()));
            require(event.path("type").asString("").equals(lines[0].substring("event: ".length())),
                    "repeats its name", frames[i]);
            events.add(event);
        }
        return new Sse(events);
    }

    List<String> types() {
        return events.stream().map(event -> event.path("type").asString()).toList();
    }

    /** All events of a type. */
    List<JsonNode> of(String type) {
        return events.stream().filter(event -> event.path("type").asString().equals(type)).toList();
    }

    /** The pieces of one choice's text under a delta's field, joined. */
    String joined(String field) {
        StringBuilder text = new StringBuilder();
        for (JsonNode event : events) {
            for (JsonNode choice : event.path("choices")) {
                text.append(choice.path("delta").path(field).asString(""));
            }
        }
        return text.toString();
    }

    /** The pieces of a choice's text in a streamed completion, joined. */
    String text(int index) {
        StringBuilder text = new StringBuilder();
        for (JsonNode event : events) {
            for (JsonNode choice : event.path("choices")) {
                if (choice.path("index").asInt() == index) {
                    text.append(choice.path("text").asString(""));
                }
            }
        }
        return text.toString();
    }

    List<String> finishReasons(int index) {
        List<String> reasons = new ArrayList<>();
        for (JsonNode event : events) {
            for (JsonNode choice : event.path("choices")) {
                if (choice.path("index").asInt() == index && !choice.path("finish_reason").isNull()) {
                    reasons.add(choice.path("finish_reason").asString());
                }
            }
        }
        return reasons;
    }

    private static void require(boolean holds, String what, String raw) {
        if (!holds) {
            throw new AssertionError("a stream that " + what + " was expected, got: " + raw);
        }
    }
}
