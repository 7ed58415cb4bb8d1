package io.barista.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The official npm client against the gateway. Needs node and npm; says so and is skipped without them. */
class NpmOpenAiClientIT {

    private static final Path SOURCES = Suite.ROOT.resolve("system-tests/src/test/node");
    private static final Path FOLDER = Suite.ROOT.resolve("system-tests/target/node");

    @Test
    void runsChatStreamingToolsFormsCompletionsResponsesModelsAndErrors() throws Exception {
        assumeTrue(runs("node", "--version") && runs("npm", "--version"), "node and npm are needed for the npm client");
        install();

        JsonNode seen = Suite.JSON.readTree(run("node", "client.mjs", DemoSuite.get().url() + "/v1"));

        assertThat(seen.get("chat").asString()).contains("19");
        assertThat(seen.get("finishReason").asString()).isEqualTo("stop");
        assertThat(seen.get("pieces").size()).isGreaterThan(1);
        assertThat(String.join("", seen.get("pieces").valueStream().map(JsonNode::asString).toList()))
                .isEqualTo(seen.get("chat").asString());
        assertThat(seen.get("usage").get("completion_tokens").asInt()).isPositive();
        assertThat(seen.get("streamedCompletion").asString()).isEqualTo(seen.get("completion").asString()).isNotBlank();
        assertThat(seen.get("models").valueStream().map(JsonNode::asString)).containsExactly("barista-demo",
                "barista-demo:haiku", "barista-demo:pirate");
        assertThat(seen.get("model").asString()).isEqualTo("barista-demo");
        assertThat(seen.get("unknownModel").get("type").asString()).isEqualTo("NotFoundError");
        assertThat(seen.get("unknownModel").get("code").asString()).isEqualTo("model_not_found");
        assertThat(seen.get("badParameter").get("type").asString()).isEqualTo("BadRequestError");
        assertThat(seen.get("badParameter").get("param").asString()).isEqualTo("temperature");
        assertThat(seen.get("afterLeaving").asString()).isEqualTo(seen.get("chat").asString());
        assertThat(seen.at("/call/name").asString()).isEqualTo("get_weather");
        assertThat(seen.at("/call/finish").asString()).isEqualTo("tool_calls");
        assertThat(Suite.JSON.readTree(seen.at("/call/arguments").asString()).get("city").asString())
                .isEqualTo("Paris");
        assertThat(seen.get("streamedCalls").size()).isEqualTo(1);
        assertThat(seen.at("/streamedCalls/0/ids").size()).isEqualTo(1);
        assertThat(seen.at("/streamedCalls/0/name").asString()).isEqualTo("get_weather");
        assertThat(seen.at("/streamedCalls/0/arguments").asString()).isEqualTo(seen.at("/call/arguments").asString());
        assertThat(seen.get("argumentPieces").asInt()).isGreaterThan(1);
        assertThat(seen.get("fromTool").asString()).contains("sunny");
        assertThat(seen.get("response").asString()).contains("19");
        assertThat(seen.get("responsePieces").asString()).isEqualTo(seen.get("response").asString());
        assertThat(seen.get("responseEvents").valueStream().map(JsonNode::asString)).startsWith("response.created")
                .endsWith("response.completed");
        assertThat(seen.get("followsUp").asBoolean()).isTrue();
        assertThat(seen.get("kept").asString()).isEqualTo(seen.get("response").asString());
        assertThat(seen.at("/responseCall/name").asString()).isEqualTo("get_weather");
        assertThat(Suite.JSON.readTree(seen.at("/responseCall/arguments").asString()).get("city").asString())
                .isEqualTo("Paris");
        for (String answer : List.of("parsed", "streamedJson", "responseForm")) {
            assertThat(seen.get(answer).propertyNames()).containsExactly("country", "city", "capital");
        }
    }

    /** Installs the pinned client once; the sources are copied so that nothing is written beside them. */
    private static void install() throws Exception {
        Files.createDirectories(FOLDER);
        for (String file : List.of("package.json", "package-lock.json", "client.mjs")) {
            Files.copy(SOURCES.resolve(file), FOLDER.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!Files.exists(FOLDER.resolve("node_modules/openai"))) {
            run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
        }
    }

    private static boolean runs(String... command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start().waitFor(20, TimeUnit.SECONDS);
        } catch (IOException absent) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String run(String... command) throws Exception {
        Path out = Files.createTempFile("node", ".out");
        Path err = Files.createTempFile("node", ".err");
        Process process = new ProcessBuilder(command).directory(FOLDER.toFile()).redirectOutput(out.toFile())
                .redirectError(err.toFile()).start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("%s ended in time", List.of(command)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(err)).isZero();
        return Files.readString(out);
    }
}
