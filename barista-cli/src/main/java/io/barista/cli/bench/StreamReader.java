package io.barista.cli.bench;

import io.barista.cli.bench.StreamRecorder.Line;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Makes an outcome of the lines of a stream: server-sent events that end with {@code [DONE]}. */
final class StreamReader {

    private static final List<String> PIECES_OF_A_MESSAGE = List.of("content", "reasoning_content", "reasoning",
            "tool_calls");

    private final JsonMapper json = JsonMapper.builder().build();

    Outcome read(List<Line> lines, long startNanos, long endNanos) {
        List<Long> tokenNanos = new ArrayList<>();
        int inputTokens = 0;
        int outputTokens = 0;
        boolean isDone = false;
        for (Line line : lines) {
            if (!line.text().startsWith("data:")) {
                continue;
            }
            String data = line.text().substring("data:".length()).strip();
            if (data.equals("[DONE]")) {
                isDone = true;
                continue;
            }
            JsonNode event;
            try {
                event = json.readTree(data);
            } catch (JacksonException e) {
                return new Outcome.Failed("an event is no JSON: " + data);
            }
            if (event.has("error")) {
                return new Outcome.Failed("the stream broke off: " + ErrorText.of(event));
            }
            if (hasText(event)) {
                tokenNanos.add(line.nanos() - startNanos);
            }
            JsonNode usage = event.path("usage");
            inputTokens = usage.path("prompt_tokens").asInt(inputTokens);
            outputTokens = usage.path("completion_tokens").asInt(outputTokens);
        }
        if (!isDone) {
            return new Outcome.Failed("the stream ended without [DONE]");
        }
        if (tokenNanos.isEmpty()) {
            return new Outcome.Failed("the answer has no text");
        }
        return new Outcome.Answered(List.copyOf(tokenNanos), endNanos - startNanos, inputTokens,
                outputTokens == 0 ? tokenNanos.size() : outputTokens);
    }

    private static boolean hasText(JsonNode event) {
        for (JsonNode choice : event.path("choices")) {
            JsonNode delta = choice.path("delta");
            if (!choice.path("text").asString("").isEmpty()
                    || PIECES_OF_A_MESSAGE.stream().anyMatch(piece -> isFilled(delta.path(piece)))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isFilled(JsonNode piece) {
        return piece.isString() ? !piece.asString().isEmpty() : !piece.isEmpty();
    }
}
