package io.barista.cli.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.barista.cli.CommandRun;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** generate, logits and tokenize over the demo model, held against what transformers computed of it. */
class OfflineCommandsTest {

    private static final String DEMO = CommandRun.demo().toString();

    @TempDir
    private Path folder;

    @Test
    void writesLogitsAndGreedyIdsThatAreThoseOfTheReference() throws Exception {
        JsonNode golden = golden("fact");
        String ids = golden.get("prompt_ids").toString();
        Files.writeString(folder.resolve("in.json"),
                "{\"prompts\":[{\"ids\":%s},{\"ids\":[1]}],\"greedy_tokens\":8}".formatted(ids));

        CommandRun run = CommandRun.of(folder, "logits", "--model", DEMO, "--input=in.json", "--output=out.json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isEmpty();
        JsonNode results = JsonMapper.shared().readTree(Files.readAllBytes(folder.resolve("out.json"))).get("results");
        assertThat(results).hasSize(2);
        List<Integer> expected = ints(golden.get("output_ids")).subList(0, 8);
        assertThat(ints(results.get(0).get("greedy"))).isEqualTo(expected);
        assertThat(ints(results.get(1).get("greedy"))).hasSize(8);
        FloatBuffer logits = floats(results.get(0).get("last_logits").asString());
        assertThat(logits.remaining()).isEqualTo(vocabSize());
        double norm = logSumOfExponentials(logits);
        for (JsonNode top : golden.get("top5").get(0)) { // [id, log probability] of the first step
            assertThat(logits.get(top.get(0).asInt()) - norm).isCloseTo(top.get(1).asDouble(), within(2e-3));
        }
    }

    @Test
    void goesOnBeyondEndTokensUntilThereAreAsManyGreedyIdsAsAsked() throws Exception {
        JsonNode golden = golden("fact");
        int beyond = golden.get("output_ids").size() + 5;
        Files.writeString(folder.resolve("in.json"),
                "{\"prompts\":[{\"ids\":%s}],\"greedy_tokens\":%d}".formatted(golden.get("prompt_ids"), beyond));

        CommandRun.of(folder, "logits", "--model", DEMO, "--input=in.json", "--output=out.json");

        JsonNode results = JsonMapper.shared().readTree(Files.readAllBytes(folder.resolve("out.json"))).get("results");
        assertThat(ints(results.get(0).get("greedy"))).hasSize(beyond)
                .startsWith(ints(golden.get("output_ids")).toArray(Integer[]::new));
    }

    @Test
    void rendersExactlyWhatTheTemplateSays() throws Exception {
        Files.writeString(folder.resolve("t.jinja"), "{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}"
                + "{{ strftime_now('%d %H') }}{% if no %}{{ raise_exception('not so') }}{% endif %}\n\n");
        Files.writeString(folder.resolve("in.json"),
                "{\"messages\":[{\"role\":\"user\",\"content\":\"hé\"}],\"tools\":null,"
                        + "\"special_tokens\":{\"bos_token\":\"<s>\"},\"now\":\"2025-03-14T15:09:26\",\"kwargs\":{}}");
        Files.writeString(folder.resolve("no.json"), "{\"messages\":[],\"kwargs\":{\"no\":true}}");

        CommandRun run = CommandRun.of(folder, "render", "--template=t.jinja", "--input=in.json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo("<s>hé14 15");

        CommandRun refused = CommandRun.of(folder, "render", "--template=t.jinja", "--input=no.json");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("not so");
        assertThat(refused.out()).isEmpty();
    }

    @Test
    void parsesAMessageAndItsDeltas() throws Exception {
        Files.writeString(folder.resolve("out.txt"),
                "<think>hm</think>So<tool_call>{\"name\":\"f\",\"arguments\":{\"x\":1}}</tool_call>");
        String[] command = {"parse", "--reasoning-parser=qwen3", "--tool-call-parser=hermes", "--input=out.txt"};

        JsonNode message = JsonMapper.shared().readTree(CommandRun.of(folder, command).out());
        assertThat(message.path("reasoning").asString()).isEqualTo("hm");
        assertThat(message.path("content").asString()).isEqualTo("So");
        assertThat(message.path("tool_calls").path(0).path("function").path("arguments").asString())
                .isEqualTo("{\"x\":1}");

        JsonNode deltas = JsonMapper.shared().readTree(CommandRun.of(folder, "parse", "--reasoning-parser=qwen3",
                "--tool-call-parser=hermes", "--input=out.txt", "--chunks=9").out());
        StringBuilder content = new StringBuilder();
        deltas.forEach(delta -> content.append(delta.path("content").asString("")));
        assertThat(content.toString()).isEqualTo("So");
    }

    @Test
    void refusesWhatTheLogitsCommandCannotDoYet() throws Exception {
        Files.writeString(folder.resolve("in.json"), "{\"prompts\":[{\"ids\":[1]}],\"greedy_tokens\":1}");

        assertThat(logits("--lora", "x").lastError())
                .contains("adapter x cannot be used: adapter_config.json is missing");
        assertThat(logits("--backend", "cuda").lastError()).startsWith("barista logits: backend: cuda was asked for");
        assertThat(logits("--dtype", "float16").lastError())
                .startsWith("barista logits: --dtype: expected float32 or bfloat16");
    }

    @Test
    void saysWhatIsWrongWithAnInputFile() throws Exception {
        assertThat(logits().lastError()).isEqualTo("barista logits: --input in.json: no such file");
        Files.writeString(folder.resolve("in.json"), "{\"prompts\":[]}");
        assertThat(logits().lastError()).isEqualTo("barista logits: --input in.json: prompts is missing or empty");
        Files.writeString(folder.resolve("in.json"), "{\"prompt\":[]}");
        assertThat(logits().lastError()).startsWith("barista logits: --input in.json: expected {\"prompts\"");
        Files.writeString(folder.resolve("in.json"), "{\"prompts\":[{\"ids\":[9999999]}],\"greedy_tokens\":1}");
        assertThat(logits().exitCode()).isEqualTo(1);
    }

    @Test
    void tokenizesExactlyWhatComesIn() {
        CommandRun run = CommandRun.with(folder, folder, "The capital of France is Paris.", "tokenize", "--model", DEMO,
                "--no-special");
        CommandRun withLineEnd = CommandRun.with(folder, folder, "The capital of France is Paris.\n", "tokenize",
                "--model", DEMO,
                "--no-special");

        assertThat(run.out()).isEqualToIgnoringNewLines("[303,543,356,1891,422,285,1690,13]");
        assertThat(withLineEnd.out()).isEqualToIgnoringNewLines("[303,543,356,1891,422,285,1690,286]");
    }

    @Test
    void generatesTheTextAndNothingElse() throws Exception {
        JsonNode golden = golden("fact");

        CommandRun run = CommandRun.of(folder, "generate", DEMO, "--prompt", golden.get("prompt_text").asString(),
                "--temperature=0", "--max-tokens=96");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isEqualToIgnoringNewLines(golden.get("text").asString());
    }

    @Test
    void putsAPromptIntoTheChatTemplate() throws Exception {
        JsonNode golden = golden("fact");

        CommandRun run = CommandRun.of(folder, "generate", DEMO, "--chat", "--temperature=0", "--prompt",
                golden.get("messages").get(0).get("content").asString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isEqualToIgnoringNewLines(golden.get("text").asString());
    }

    @Test
    void streamsTheSameText() throws Exception {
        JsonNode golden = golden("fact");

        CommandRun run = CommandRun.of(folder, "generate", DEMO, "--prompt", golden.get("prompt_text").asString(),
                "--temperature=0", "--stream");

        assertThat(run.out()).isEqualToIgnoringNewLines(golden.get("text").asString());
    }

    @Test
    void namesAFolderThatIsNoModel() {
        assertThat(CommandRun.of(folder, "generate", "nowhere", "--prompt=x").lastError())
                .startsWith("barista generate: " + folder.resolve("nowhere") + " is not a folder");
    }

    private CommandRun logits(String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("logits", "--model", DEMO, "--input=in.json", "--output=out.json"));
        arguments.addAll(List.of(more));
        return CommandRun.of(folder, arguments.toArray(String[]::new));
    }

    private static JsonNode golden(String name) throws Exception {
        JsonNode cases = JsonMapper.shared().readTree(Files.readAllBytes(CommandRun.demo().resolve("golden.json")))
                .get("cases");
        for (JsonNode golden : cases) {
            if (golden.get("name").asString().equals(name)) {
                return golden;
            }
        }
        throw new AssertionError("no golden case " + name);
    }

    private static int vocabSize() throws Exception {
        return JsonMapper.shared().readTree(Files.readAllBytes(CommandRun.demo().resolve("config.json")))
                .get("vocab_size").asInt();
    }

    private static List<Integer> ints(JsonNode array) {
        return array.values().stream().map(JsonNode::asInt).toList();
    }

    private static FloatBuffer floats(String base64) {
        return ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }

    private static double logSumOfExponentials(FloatBuffer logits) {
        double sum = 0;
        for (int i = 0; i < logits.limit(); i++) {
            sum += Math.exp(logits.get(i));
        }
        return Math.log(sum);
    }
}
