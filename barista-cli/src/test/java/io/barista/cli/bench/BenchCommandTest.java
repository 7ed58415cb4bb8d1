package io.barista.cli.bench;

import static io.barista.cli.bench.ScriptedServer.CHUNK;
import static io.barista.cli.bench.ScriptedServer.DONE;
import static io.barista.cli.bench.ScriptedServer.ROLE;
import static io.barista.cli.bench.ScriptedServer.USAGE;
import static io.barista.cli.bench.ScriptedServer.stream;
import static org.assertj.core.api.Assertions.assertThat;

import io.barista.cli.Barista;
import io.barista.cli.Workplace;
import io.barista.cli.bench.ScriptedServer.Answer;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchCommandTest {

    private static final Answer GOOD = stream(ROLE, CHUNK, CHUNK, CHUNK, USAGE, DONE);

    @TempDir
    private Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void measuresEveryRequestAndWritesTheResultAsJson() throws Exception {
        try (ScriptedServer server = new ScriptedServer(_ -> GOOD)) {
            assertThat(bench(server, "--num-prompts=20", "--concurrency=4", "--json=result.json")).as(err.toString())
                    .isZero();
            assertThat(server.bodies()).hasSize(21); // one to warm up
        }

        JsonNode result = JsonMapper.shared().readTree(Files.readAllBytes(folder.resolve("result.json")));
        assertThat(result.get("completed").asInt()).isEqualTo(20);
        assertThat(result.get("failed").asInt()).isZero();
        assertThat(result.get("input_tokens").asInt()).isEqualTo(140);
        assertThat(result.get("output_tokens").asInt()).isEqualTo(60);
        assertThat(result.get("setup").get("model").asString()).isEqualTo("tiny");
        double ttft = result.get("ttft_ms").get("p50").asDouble();
        assertThat(ttft).isPositive().isLessThanOrEqualTo(result.get("e2e_ms").get("p50").asDouble());
        assertThat(out.toString()).contains("20 completed, 0 failed").contains("TTFT").contains("ITL");
    }

    @Test
    void sendsWhatWasAskedFor() throws Exception {
        try (ScriptedServer server = new ScriptedServer(_ -> GOOD)) {
            bench(server, "--num-prompts=1", "--warmup=0", "--api-key=k", "--ignore-eos", "--random-output-len=9",
                    "--random-input-len=5", "--extra-body={\"min_p\":0.5}");

            JsonNode body = server.bodies().getFirst();
            assertThat(server.authorizations()).containsExactly("Bearer k");
            assertThat(body.get("model").asString()).isEqualTo("tiny");
            assertThat(body.get("stream").asBoolean()).isTrue();
            assertThat(body.get("max_tokens").asInt()).isEqualTo(9);
            assertThat(body.get("ignore_eos").asBoolean()).isTrue();
            assertThat(body.get("min_p").asDouble()).isEqualTo(0.5);
            assertThat(body.get("messages").get(0).get("content").asString().split(" ")).hasSize(5);
        }
    }

    @Test
    void takesPromptsFromAFileAndBeginsAgainWhenItIsShort() throws Exception {
        Files.writeString(folder.resolve("prompts.jsonl"), """
                {"prompt": "one", "max_tokens": 3}

                {"messages": [{"role": "user", "content": "two"}]}
                """);
        try (ScriptedServer server = new ScriptedServer(_ -> stream(
                "data: {\"choices\":[{\"text\":\"hi\"}]}", DONE))) {
            assertThat(bench(server, "--endpoint=completions", "--num-prompts=3", "--concurrency=1", "--warmup=0",
                    "--dataset-path=prompts.jsonl")).as(err.toString()).isZero();

            assertThat(server.bodies()).extracting(body -> body.get("prompt").asString()).containsExactly("one", "two",
                    "one");
            assertThat(server.bodies()).extracting(body -> body.get("max_tokens").asInt()).containsExactly(3, 64, 3);
        }
    }

    @Test
    void failsWhenAnAnswerIsNoSuccess() throws Exception {
        try (ScriptedServer server = new ScriptedServer(number -> number == 2
                ? new Answer(429, List.of("{\"error\":{\"message\":\"queue is full\"}}"))
                : GOOD)) {
            assertThat(bench(server, "--num-prompts=5", "--concurrency=1", "--json=result.json")).isEqualTo(1);
        }

        assertThat(lastError()).isEqualTo("barista bench: 1 of 5 requests failed: status 429: queue is full");
        assertThat(Files.readString(folder.resolve("result.json"))).contains("queue is full");
    }

    @Test
    void failsWhenAStreamHasNoEnd() throws Exception {
        try (ScriptedServer server = new ScriptedServer(number -> number == 0 ? GOOD : stream(ROLE, CHUNK))) {
            assertThat(bench(server, "--num-prompts=1")).isEqualTo(1);
        }

        assertThat(lastError()).isEqualTo("barista bench: 1 of 1 requests failed: the stream ended without [DONE]");
    }

    @Test
    void failsWhenAStreamCarriesAnError() throws Exception {
        Answer broken = stream(CHUNK, "data: {\"error\":{\"message\":\"the replica died\"}}", DONE);
        try (ScriptedServer server = new ScriptedServer(number -> number == 0 ? GOOD : broken)) {
            assertThat(bench(server, "--num-prompts=2")).isEqualTo(1);
        }

        assertThat(lastError())
                .isEqualTo("barista bench: 2 of 2 requests failed: the stream broke off: the replica died");
    }

    @Test
    void failsAtOnceWhenTheWarmUpFails() throws Exception {
        try (ScriptedServer server = new ScriptedServer(_ -> new Answer(401, List.of("no")))) {
            assertThat(bench(server, "--num-prompts=50")).isEqualTo(1);
            assertThat(server.bodies()).hasSize(1);
        }

        assertThat(lastError()).isEqualTo("barista bench: the first request failed: status 401: no");
    }

    @Test
    void saysWhenNothingAnswers() throws Exception {
        ScriptedServer closed = new ScriptedServer(_ -> GOOD);
        closed.close();

        assertThat(bench(closed, "--num-prompts=1")).isEqualTo(1);

        assertThat(lastError()).isEqualTo("barista bench: nothing answers at " + closed.url());
    }

    private int bench(ScriptedServer server, String... arguments) {
        List<String> all = new ArrayList<>(List.of("bench", "--base-url=" + server.url()));
        all.addAll(List.of(arguments));
        return Barista.commandLine(new Workplace(folder, folder, Map.of(), InputStream.nullInputStream(),
                new PrintStream(out, true), new PrintStream(err, true), false)).execute(all.toArray(String[]::new));
    }

    private String lastError() {
        return err.toString().lines().toList().getLast();
    }
}
