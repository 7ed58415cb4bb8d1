package io.barista.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters that are broken, new, or uploaded anew, and a registry that dies. */
class AdapterFaultsIT {

    private static final Path ADAPTERS = Suite.ROOT.resolve("models/adapters");
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PIRATE = "Arr!";

    @TempDir
    private Path folder;

    @Test
    void oneBrokenAdapterOrADeadRegistryLeavesTheOthersAlone() throws Exception {
        copy("pirate", "pirate");
        copy("pirate", "torn");
        byte[] whole = Files.readAllBytes(folder.resolve("torn").resolve(WEIGHTS));
        Files.write(folder.resolve("torn").resolve(WEIGHTS), Arrays.copyOf(whole, whole.length / 2));

        try (Suite suite = Suite.upWith("""
                model_loading_config: {model_id: "demo:v1", model_source: %s}
                lora_config: {dynamic_lora_loading_path: %s}
                """.formatted(Suite.ROOT.resolve("models/barista-demo"), folder))) {
            assertThat(answersInTheEnd(suite, "demo:v1:pirate")).isTrue();
            assertThat(ask(suite, "demo:v1:pirate").body()).contains(PIRATE);
            assertThat(ask(suite, "demo:v1").body()).doesNotContain(PIRATE);

            HttpResponse<String> torn = ask(suite, "demo:v1:torn");
            assertThat(torn.statusCode()).isEqualTo(400);
            assertThat(torn.body()).contains("its data is not all there").doesNotContain(folder.toString());

            copy("pirate", "fresh");
            assertThat(ask(suite, "demo:v1:fresh").body()).contains(PIRATE);

            Suite.Service registry = suite.services().stream()
                    .filter(service -> service.name().equals("lora-registry")).findFirst().orElseThrow();
            copy("haiku", "late");
            ProcessHandle.of(registry.pid()).orElseThrow().destroyForcibly();
            assertThat(List.of(ask(suite, "demo:v1:pirate"), ask(suite, "demo:v1:fresh")))
                    .allSatisfy(answer -> assertThat(answer.body()).contains(PIRATE));

            assertThat(List.of(404, 424)).contains(ask(suite, "demo:v1:nobody").statusCode());
            assertThat(ask(suite, "demo:v1").statusCode()).as("nothing is held against the replica").isEqualTo(200);
            assertThat(answersInTheEnd(suite, "demo:v1:late")).as("the registry is started again").isTrue();
        }
    }

    private static boolean answersInTheEnd(Suite suite, String model) throws InterruptedException {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(120));
        while (Instant.now().isBefore(deadline)) {
            if (ask(suite, model).statusCode() == 200) {
                return true;
            }
            Thread.sleep(500);
        }
        return false;
    }

    private static HttpResponse<String> ask(Suite suite, String model) {
        return suite.post("/v1/chat/completions",
                """
                        {"model":"%s","messages":[{"role":"user","content":"What is the capital of France?"}],"temperature":0}"""
                        .formatted(model));
    }

    /** The weights last: an adapter is not listed without them. */
    private void copy(String from, String to) throws IOException {
        Path target = Files.createDirectories(folder.resolve(to));
        for (String file : List.of("adapter_config.json", WEIGHTS)) {
            Path aside = folder.resolve(".uploading");
            Files.copy(ADAPTERS.resolve(from).resolve(file), aside, StandardCopyOption.REPLACE_EXISTING);
            Files.move(aside, target.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
