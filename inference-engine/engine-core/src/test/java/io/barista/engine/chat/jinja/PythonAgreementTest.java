package io.barista.engine.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Own small templates: each writes what Python's Jinja writes in the environment of Hugging Face, or fails where it fails. */
class PythonAgreementTest {

    private static final LocalDateTime NOW = LocalDateTime.parse("2025-03-14T15:09:26");

    @TestFactory
    Stream<DynamicTest> rendersAsPythonDoes() throws IOException {
        JsonMapper json = JsonMapper.shared();
        JsonNode recorded = json.readTree(Files.readString(Path.of("src/test/resources/jinja/python-cases.json")));
        Map<String, Object> variables = json.convertValue(recorded.get("variables"), new TypeReference<>() {});
        return recorded.get("cases").valueStream().map(golden -> DynamicTest
                .dynamicTest(golden.get("template").asString(), () -> check(golden, variables)));
    }

    private static void check(JsonNode golden, Map<String, Object> variables) {
        String source = golden.get("template").asString();
        if (golden.has("output")) {
            assertThat(render(source, variables)).isEqualTo(golden.get("output").asString());
            return;
        }
        JinjaException failure = catchThrowableOfType(JinjaException.class, () -> render(source, variables));
        assertThat(failure.kind()).hasToString(golden.get("error").asString());
        if (golden.has("message")) {
            assertThat(failure).hasMessage(golden.get("message").asString());
        }
    }

    private static String render(String source, Map<String, Object> variables) {
        return JinjaTemplate.compile(source).render(variables, () -> NOW, JinjaLimits.DEFAULT);
    }
}
