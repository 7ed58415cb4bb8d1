package io.barista.engine.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.barista.engine.chat.jinja.JinjaException.Kind;
import io.barista.engine.goldens.SharedGoldens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The chat templates of public models: each renders what Hugging Face renders, or fails where it fails. */
class PublishedTemplatesTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    @TestFactory
    Stream<DynamicTest> renderAsHuggingFaceDoes() throws IOException {
        Path folder = SharedGoldens.folder("chat-templates");
        JsonNode shared = read(folder.resolve("conversations.json"));
        List<String> names;
        try (Stream<Path> files = Files.list(folder)) {
            names = files.map(file -> file.getFileName().toString()).filter(file -> file.endsWith(".jinja"))
                    .map(file -> file.substring(0, file.length() - ".jinja".length())).sorted().toList();
        }
        assertThat(names).hasSizeGreaterThan(40);
        return names.stream().flatMap(name -> cases(folder, name, shared));
    }

    private static Stream<DynamicTest> cases(Path folder, String name, JsonNode shared) {
        JinjaTemplate template = JinjaTemplate.compile(text(folder.resolve(name + ".jinja")));
        return read(folder.resolve(name + ".json")).get("cases").valueStream().map(golden -> {
            String conversation = golden.get("conversation").asString();
            return DynamicTest.dynamicTest(name + ": " + conversation,
                    () -> check(template, golden, variables(shared, conversation),
                            LocalDateTime.parse(shared.get("now").asString())));
        });
    }

    private static void check(JinjaTemplate template, JsonNode golden, Map<String, Object> variables,
            LocalDateTime now) {
        if (golden.has("output")) {
            assertThat(template.render(variables, () -> now, JinjaLimits.DEFAULT))
                    .isEqualTo(golden.get("output").asString());
            return;
        }
        JsonNode error = golden.get("error");
        boolean refused = error.get("kind").asString().equals("raise_exception");
        JinjaException failure = catchThrowableOfType(JinjaException.class,
                () -> template.render(variables, () -> now, JinjaLimits.DEFAULT));
        assertThat(failure.kind()).isEqualTo(refused ? Kind.REFUSED : Kind.RUNTIME);
        if (refused) {
            assertThat(failure).hasMessage(error.get("message").asString());
        }
    }

    private static Map<String, Object> variables(JsonNode shared, String conversation) {
        JsonNode input = shared.get("conversations").valueStream()
                .filter(candidate -> candidate.get("name").asString().equals(conversation)).findFirst().orElseThrow();
        Map<String, Object> variables = new HashMap<>(map(shared.get("special_tokens")));
        variables.put("messages", JSON.convertValue(input.get("messages"), Object.class));
        variables.put("tools", input.has("tools") ? JSON.convertValue(input.get("tools"), Object.class) : null);
        variables.put("documents", null);
        variables.put("add_generation_prompt", input.get("add_generation_prompt").booleanValue());
        if (input.has("kwargs")) {
            variables.putAll(map(input.get("kwargs")));
        }
        return variables;
    }

    private static Map<String, Object> map(JsonNode node) {
        return JSON.convertValue(node, new TypeReference<>() {});
    }

    private static JsonNode read(Path file) {
        return JSON.readTree(text(file));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
