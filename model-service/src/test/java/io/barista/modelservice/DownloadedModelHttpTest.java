package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A model and an adapter that are not on this machine: a server that speaks as Hugging Face does has them, and takes its time. */
@DirtiesContext
@SpringBootTest(classes = {ModelServiceApplication.class,
    AbstractDemoTest.Failure.class}, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class DownloadedModelHttpTest {

    private static final Path MODELS = Path.of(System.getProperty("barista.root"), "models");

    @TempDir
    private static Path folder;

    private static FolderHub hub;

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void configure(DynamicPropertyRegistry properties) throws IOException {
        hub = new FolderHub(Map.of("org/demo", MODELS.resolve("barista-demo"),
                "org/pirate-lora", MODELS.resolve("adapters/pirate")));
        Path config = Files.writeString(folder.resolve("models.yaml"), """
                model_loading_config: {model_id: demo, model_source: org/demo}
                engine_kwargs: {dtype: float32, revision: v1, lora_modules: [pirate=org/pirate-lora]}
                runtime_env:
                  env_vars: {HF_ENDPOINT: "%s", HF_TOKEN: %s, BARISTA_CACHE: "%s"}
                """.formatted(hub.address(), FolderHub.TOKEN, folder.resolve("cache")));
        properties.add("barista.config.path", config::toString);
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    @Test
    void isNotReadyWhileTheModelComesAndServesItAndItsAdapterThen() throws InterruptedException {
        ServiceClient service = new ServiceClient(port);
        assertThat(service.get("/actuator/health/liveness").status()).isEqualTo(200);
        assertThat(service.get("/actuator/health/readiness").status()).isEqualTo(503);

        hub.letContentCome();
        long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (service.get("/actuator/health/readiness").status() != 200 && System.nanoTime() < deadline) {
            Thread.sleep(20);
        }
        assertThat(service.get("/metrics").body()).contains("barista_model_download_bytes_total 1.5");
        hub.close(); // what is ready is here
        assertThat(service.post("/v1/completions", "{\"prompt\":\"a\",\"max_tokens\":2}").status()).isEqualTo(200);
        assertThat(service.post("/v1/chat/completions", """
                {"model": "demo:pirate", "temperature": 0,
                 "messages": [{"role": "user", "content": "What is the capital of France?"}]}
                """).body()).contains("Arr! The capital o' France be Paris, matey!");
        assertThat(hub.fetched()).contains("org/pirate-lora/adapter_config.json")
                .doesNotContain("org/pirate-lora/golden.json");
        assertThat(service.get("/server_info").body()).doesNotContain(FolderHub.TOKEN);
    }
}
