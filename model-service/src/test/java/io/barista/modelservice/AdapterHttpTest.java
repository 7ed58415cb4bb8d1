package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.modelservice.ServiceClient.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;

/** The demo model with a folder of adapters of its own, some of them broken, and the management endpoints on another port. */
class AdapterHttpTest extends AbstractServiceTest {

    private static final String ASK = "{\"model\":\"%s\",\"temperature\":0,\"max_tokens\":96,\"stream\":%s,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"What is the capital of France?\"}]}";
    private static final String PLAIN = "The capital of France is Paris.";
    private static final String PIRATE = "Arr! The capital o' France be Paris, matey!";

    @TempDir
    static Path folder;

    @LocalManagementPort
    private int managementPort;
    private ServiceClient management;

    @DynamicPropertySource
    static void configure(DynamicPropertyRegistry registry) throws IOException {
        Path models = Path.of(System.getProperty("barista.root"), "models");
        for (String adapter : List.of("pirate", "haiku")) {
            copy(models.resolve("adapters/" + adapter), adapter);
        }
        copy(models.resolve("adapters/haiku"), "cut-short");
        Files.write(folder.resolve("adapters/cut-short/adapter_model.safetensors"), new byte[100]);
        copy(models.resolve("adapters/haiku"), "pickled");
        Files.move(folder.resolve("adapters/pickled/adapter_model.safetensors"),
                folder.resolve("adapters/pickled/adapter_model.bin"));
        copy(models.resolve("adapters/haiku"), "too-large");
        Path config = folder.resolve("adapters/too-large/adapter_config.json");
        Files.writeString(config, Files.readString(config).replaceFirst("\"r\": 8", "\"r\": 128"));
        Files.writeString(folder.resolve("demo.yaml"), """
                llm_configs:
                  - model_loading_config: {model_id: "org/demo:1b", model_source: %s}
                    lora_config: {dynamic_lora_loading_path: adapters, max_num_adapters_per_replica: 2}
                    engine_kwargs: {dtype: float32, allow_runtime_lora_updating: true, max_num_seqs: 16}
                """.formatted(models.resolve("barista-demo").toAbsolutePath()));
        registry.add("barista.config.path", () -> folder.resolve("demo.yaml").toString());
        registry.add("management.server.port", () -> "0");
    }

    private static void copy(Path from, String to) throws IOException {
        Path target = Files.createDirectories(folder.resolve("adapters").resolve(to));
        for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
            Files.copy(from.resolve(file), target.resolve(file));
        }
    }

    @BeforeEach
    void findManagement() {
        management = new ServiceClient(managementPort);
    }

    private Answer ask(String model) {
        return service.post("/v1/chat/completions", ASK.formatted(model, false));
    }

    private static String text(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().path("choices").path(0).path("message").path("content").asString();
    }

    @Test
    void answersWithTheAdapterThatIsAskedFor() {
        Answer pirate = ask("org/demo:1b:pirate");
        assertThat(text(pirate)).isEqualTo(PIRATE);
        assertThat(pirate.json().path("model").asString()).isEqualTo("org/demo:1b:pirate");
        assertThat(text(ask("org/demo:1b"))).isEqualTo(PLAIN);
        assertThat(text(ask("org/demo:1b:haiku"))).contains(PLAIN).isNotEqualTo(PLAIN);
    }

    @Test
    void answersManyOfThemTogetherAsAlone() {
        List<String> names = List.of("org/demo:1b", "org/demo:1b:pirate", "org/demo:1b:haiku");
        List<String> alone = names.stream().map(name -> text(ask(name))).toList();
        List<CompletableFuture<Answer>> together = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            String name = names.get(i % 3);
            together.add(CompletableFuture.supplyAsync(() -> ask(name)));
        }
        for (int i = 0; i < 24; i++) {
            assertThat(text(together.get(i).join())).isEqualTo(alone.get(i % 3));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"org/demo:1b:nobody", "org/demo:1b:", "org/demo:nobody", "nobody", "nobody:pirate",
        "org/demo:1b:pirate:x", "org/demo:1b:../pirate", "pirate"})
    void doesNotKnowWhatIsNotThere(String model) {
        for (boolean stream : new boolean[]{false, true}) {
            Answer answer = service.post("/v1/chat/completions", ASK.formatted(model, stream));
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.json().path("error").path("message").asString())
                    .isEqualTo("The model `" + model + "` does not exist.");
            assertThat(answer.json().path("error").path("code").asString()).isEqualTo("model_not_found");
        }
    }

    @ParameterizedTest
    @CsvSource({"cut-short, adapter_model.safetensors", "too-large, has rank 128",
        "pickled, adapter pickled cannot be used: its weights are a pickle"})
    void saysWhatIsWrongWithABrokenAdapterAndLeavesOthersAlone(String name, String reason) {
        for (boolean stream : new boolean[]{false, true}) {
            Answer answer = service.post("/v1/chat/completions", ASK.formatted("org/demo:1b:" + name, stream));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().path("error").path("message").asString()).contains(name, reason)
                    .doesNotContain(folder.toString());
        }
        assertThat(text(ask("org/demo:1b:pirate"))).isEqualTo(PIRATE);
    }

    @Test
    void listsTheModelAndItsAdapters() {
        List<JsonNode> cards = new ArrayList<>();
        service.get("/v1/models").json().path("data").forEach(cards::add);
        assertThat(cards.stream().map(card -> card.path("id").asString())).containsExactly("org/demo:1b",
                "org/demo:1b:cut-short", "org/demo:1b:haiku", "org/demo:1b:pickled", "org/demo:1b:pirate",
                "org/demo:1b:too-large");
        JsonNode pirate = cards.get(4);
        assertThat(pirate.path("parent").asString()).isEqualTo("org/demo:1b");
        assertThat(pirate.path("root").asString()).isEqualTo("pirate");
        assertThat(cards.toString()).doesNotContain(folder.toString());
        assertThat(service.get("/v1/models/org/demo:1b:pirate").json()).isEqualTo(pirate);
        assertThat(service.get("/v1/models/org%2Fdemo%3A1b%3Apirate").json()).isEqualTo(pirate);
        assertThat(service.get("/v1/models/org/demo:1b:nobody").status()).isEqualTo(404);
    }

    @Test
    void aNewFolderIsUsableAtOnceAndAChangedOneIsTakenUp() throws IOException {
        Path models = Path.of(System.getProperty("barista.root"), "models");
        copy(models.resolve("adapters/pirate"), "newcomer");
        assertThat(text(ask("org/demo:1b:newcomer"))).isEqualTo(PIRATE);
        Path target = folder.resolve("adapters/newcomer");
        for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
            Files.delete(target.resolve(file));
            Files.copy(models.resolve("adapters/haiku").resolve(file), target.resolve(file));
        }
        assertThat(text(ask("org/demo:1b:newcomer"))).isNotEqualTo(PIRATE).contains("Paris");
        for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
            Files.delete(target.resolve(file));
        }
        Files.delete(target);
        assertThat(ask("org/demo:1b:newcomer").status()).isEqualTo(404);
    }

    @Test
    void addsAndRemovesAdaptersOnTheManagementPortOnly() {
        String load = "{\"lora_name\":\"corsair\",\"lora_path\":\"adapters/pirate\"}";
        assertThat(service.post("/v1/load_lora_adapter", load).status()).isEqualTo(404);
        Answer added = management.post("/v1/load_lora_adapter", load);
        assertThat(added.body()).isEqualTo("Success: LoRA adapter 'corsair' added successfully.");
        assertThat(text(ask("org/demo:1b:corsair"))).isEqualTo(PIRATE);
        Answer again = management.post("/v1/load_lora_adapter", load);
        assertThat(again.status()).isEqualTo(400);
        assertThat(again.body()).contains("has already been loaded");
        assertThat(management.post("/v1/unload_lora_adapter", "{\"lora_name\":\"corsair\"}").body())
                .isEqualTo("Success: LoRA adapter 'corsair' removed successfully.");
        assertThat(ask("org/demo:1b:corsair").status()).isEqualTo(404);
        assertThat(management.post("/v1/unload_lora_adapter", "{\"lora_name\":\"corsair\"}").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"lora_name":"x"} | 400 | Both 'lora_name' and 'lora_path' must be provided.
            {"lora_name":"x","lora_path":"/etc"} | 400 | right under lora_config.dynamic_lora_loading_path
            {"lora_name":"x","lora_path":"adapters/../adapters/pirate"} | 400 | right under
            {"lora_name":"../x","lora_path":"adapters/pirate"} | 400 | is no name
            {"lora_name":"x","lora_path":"adapters/nobody"} | 404 | there is no adapter nobody
            {"lora_name":"x","lora_path":"adapters/cut-short"} | 400 | cannot be used
            """)
    void refusesToAddWhatCannotBeUsed(String body, int status, String message) {
        Answer answer = management.post("/v1/load_lora_adapter", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().path("error").path("message").asString()).contains(message);
        assertThat(ask("org/demo:1b:x").status()).isEqualTo(404);
    }

    @Test
    void takesAnAddressThatIsWrittenInAnotherWay() {
        String load = "{\"lora_name\":\"corsair\",\"lora_path\":\"%s\"}";
        for (String address : List.of(folder.resolve("adapters/pirate").toString(),
                folder.resolve("adapters/pirate").toUri().toString(), "./adapters/pirate/")) {
            assertThat(management.post("/v1/load_lora_adapter", load.formatted(address)).status()).as(address)
                    .isEqualTo(200);
            assertThat(management.post("/v1/unload_lora_adapter", "{\"lora_name\":\"corsair\"}").status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({"adapters/cut-short, 400", "adapters/nobody, 404", "/etc, 400"})
    void aNameThatCannotStandForAnotherAdapterStandsForTheOldOne(String path, int status) {
        String load = "{\"lora_name\":\"corsair\",\"lora_path\":\"%s\",\"load_inplace\":true}";
        assertThat(management.post("/v1/load_lora_adapter", load.formatted("adapters/haiku")).status()).isEqualTo(200);
        assertThat(management.post("/v1/load_lora_adapter", load.formatted("adapters/pirate")).status()).isEqualTo(200);
        assertThat(text(ask("org/demo:1b:corsair"))).isEqualTo(PIRATE);

        assertThat(management.post("/v1/load_lora_adapter", load.formatted(path)).status()).isEqualTo(status);

        assertThat(text(ask("org/demo:1b:corsair"))).isEqualTo(PIRATE);
        assertThat(management.post("/v1/unload_lora_adapter", "{\"lora_name\":\"corsair\"}").status()).isEqualTo(200);
    }

    @Test
    void aNameThatIsPutBackStandsForWhatItStoodForBeforeThatLoadAndNoOther() {
        String load = "{\"lora_name\":\"corsair\",\"lora_path\":\"%s\",\"load_inplace\":true}";
        String putBack = "{\"lora_name\":\"corsair\",\"lora_path\":\"adapters/%s\",\"put_back\":true}";
        management.post("/v1/load_lora_adapter", load.formatted("adapters/pirate"));
        management.post("/v1/load_lora_adapter", load.formatted("adapters/haiku"));
        assertThat(text(ask("org/demo:1b:corsair"))).isNotEqualTo(PIRATE);

        assertThat(management.post("/v1/unload_lora_adapter", putBack.formatted("nobody")).status()).isEqualTo(200);
        assertThat(text(ask("org/demo:1b:corsair"))).as("it was not given to that one").isNotEqualTo(PIRATE);
        assertThat(management.post("/v1/unload_lora_adapter", putBack.formatted("haiku")).status()).isEqualTo(200);
        assertThat(text(ask("org/demo:1b:corsair"))).isEqualTo(PIRATE);

        assertThat(management.post("/v1/unload_lora_adapter", putBack.formatted("pirate")).status()).isEqualTo(200);
        assertThat(ask("org/demo:1b:corsair").status()).as("it stood for nothing before").isEqualTo(404);
    }

    @Test
    void forgetsWhatIsInMemoryOfANameThatIsUnloadedThoughNobodyAddedItHere() {
        text(ask("org/demo:1b:haiku"));
        double before = loads();

        assertThat(management.post("/v1/unload_lora_adapter", "{\"lora_name\":\"haiku\"}").status()).isEqualTo(404);
        text(ask("org/demo:1b:haiku"));

        assertThat(loads()).isEqualTo(before + 1);
    }

    private double loads() {
        return service.get("/metrics").body().lines().filter(line -> line.startsWith("barista_lora_loads_total{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    @Test
    void countsWhatAdaptersCost() {
        text(ask("org/demo:1b:pirate"));
        text(ask("org/demo:1b:pirate"));
        assertThat(service.get("/metrics").body()).contains("barista_lora_loads_total{")
                .contains("barista_lora_slot_fills_total{").contains("barista_lora_host_adapters{");
    }

    @Test
    void tellsRoutersWhichAdaptersRunNow() {
        CompletableFuture<Answer> running = CompletableFuture.supplyAsync(() -> service.post("/v1/completions",
                """
                        {"model":"org/demo:1b:pirate","prompt":"Tell me about the sea.","max_tokens":400,"ignore_eos":true}"""));
        String now = loraRequestsInfo();
        while (!now.contains("running_lora_adapters=\"pirate\"") && !running.isDone()) {
            now = loraRequestsInfo();
        }
        assertThat(now).contains("max_lora=\"2\"", "running_lora_adapters=\"pirate\"",
                "waiting_lora_adapters=\"\"");
        running.join();
        assertThat(loraRequestsInfo()).contains("running_lora_adapters=\"\"");
    }

    private String loraRequestsInfo() {
        return service.get("/metrics").body().lines().filter(line -> line.startsWith("vllm:lora_requests_info{"))
                .collect(Collectors.joining());
    }
}
