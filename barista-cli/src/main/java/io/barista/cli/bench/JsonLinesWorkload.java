package io.barista.cli.bench;

import io.barista.cli.CommandFailure;
import io.barista.cli.bench.Workload.Input;
import io.barista.cli.bench.Workload.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prompts out of a file with one JSON object on each line: {@code prompt} (text) or {@code messages} (as in a chat request), and
 * optionally {@code max_tokens}.
 */
final class JsonLinesWorkload {

    private final JsonMapper json = JsonMapper.builder().build();

    /** @param maxTokens where a line says nothing of it */
    Workload read(Path file, int maxTokens) throws IOException {
        List<Item> items = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (!line.isBlank()) {
                items.add(item(line, file + ":" + number, maxTokens));
            }
        }
        if (items.isEmpty()) {
            throw CommandFailure.of("%s has no prompts", file);
        }
        return new Workload(file.getFileName().toString(), items);
    }

    private Item item(String line, String where, int maxTokens) {
        JsonNode node;
        try {
            node = json.readTree(line);
        } catch (JacksonException e) {
            throw CommandFailure.of("%s: expected a JSON object, %s", where, e.getOriginalMessage());
        }
        int limit = node.path("max_tokens").asInt(maxTokens);
        if (node.path("messages").isArray()) {
            List<Map<String, Object>> messages = json.convertValue(node.get("messages"), new TypeReference<>() {});
            return new Item(new Input.Messages(messages), limit);
        }
        if (node.path("prompt").isString()) {
            return new Item(new Input.Prompt(node.get("prompt").asString()), limit);
        }
        throw CommandFailure.of("%s: expected \"prompt\" (a text) or \"messages\" (a list)", where);
    }
}
