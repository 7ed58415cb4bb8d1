package io.barista.cli.bench;

import io.barista.cli.CommandFailure;
import io.barista.cli.bench.Workload.Input;
import io.barista.cli.bench.Workload.Item;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The requests that an OpenAI-compatible server is sent. */
final class Endpoint {

    private final URI base;
    private final Api api;
    private final Optional<String> apiKey;
    private final Duration timeout;
    private final JsonMapper json = JsonMapper.builder().build();

    /**
     * @param base    the server's address, with or without {@code /v1}
     * @param timeout of a whole request
     */
    Endpoint(URI base, Api api, Optional<String> apiKey, Duration timeout) {
        this.base = URI.create(base.toString().replaceFirst("/+$", "").replaceFirst("/v1$", ""));
        this.api = api;
        this.apiKey = apiKey;
        this.timeout = timeout;
    }

    /** The first model that the server lists. */
    String firstModel(HttpClient client) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(request("/v1/models").GET().build(), BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw CommandFailure.of("%s/v1/models answered with status %d; name the model with --model", base,
                    answer.statusCode());
        }
        JsonNode id = json.readTree(answer.body()).path("data").path(0).path("id");
        if (!id.isString()) {
            throw CommandFailure.of("%s/v1/models lists no model; name it with --model", base);
        }
        return id.asString();
    }

    /** A streaming request; {@code extra} fields go into its body as they are. */
    HttpRequest generation(String model, Item item, Map<String, Object> extra) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("model", model);
        switch (api) {
            case CHAT -> body.put("messages", messages(item.input()));
            case COMPLETIONS -> body.put("prompt", prompt(item.input()));
        }
        body.put("max_tokens", item.maxTokens());
        body.put("stream", true);
        body.put("stream_options", Map.of("include_usage", true));
        body.putAll(extra);
        return request(api.path()).header("Content-Type", "application/json").header("Accept", "text/event-stream")
                .POST(BodyPublishers.ofByteArray(json.writeValueAsBytes(body))).build();
    }

    private static List<Map<String, Object>> messages(Input input) {
        return switch (input) {
            case Input.Messages(List<Map<String, Object>> messages) -> messages;
            case Input.Prompt(String text) -> List.of(Map.of("role", "user", "content", text));
        };
    }

    private static String prompt(Input input) {
        return switch (input) {
            case Input.Prompt(String text) -> text;
            case Input.Messages(List<Map<String, Object>> messages) -> messages.stream()
                    .map(message -> String.valueOf(message.get("content"))).collect(Collectors.joining("\n"));
        };
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(base.resolve(base.getPath() + path)).timeout(timeout);
        apiKey.ifPresent(key -> builder.header("Authorization", "Bearer " + key));
        return builder;
    }

    /** Extra fields as a JSON object. */
    Map<String, Object> parseFields(String text) {
        try {
            JsonNode node = json.readTree(text);
            if (node.isObject()) {
                Map<String, Object> fields = new LinkedHashMap<>();
                node.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
                return fields;
            }
        } catch (JacksonException _) {
            // said below
        }
        throw CommandFailure.of("--extra-body must be a JSON object, was %s", text);
    }
}
