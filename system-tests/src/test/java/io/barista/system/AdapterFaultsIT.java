package io.barista.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters that are broken, new, uploaded anew or added by hand, and a registry and a replica that die. */
class AdapterFaultsIT {

    private static final Path ADAPTERS = Suite.ROOT.resolve("models/adapters");
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PIRATE = "Arr!";
    private static final int STORIES = 4;

    @TempDir
    private static Path folder;

    private static Suite suite;

    @BeforeAll
    static void start() throws Exception {
        copy("pirate", "pirate");
        copy("haiku", "haiku");
        copy("pirate", "torn");
        byte[] whole = Files.readAllBytes(folder.resolve("torn").resolve(WEIGHTS));
        Files.write(folder.resolve("torn").resolve(WEIGHTS), Arrays.copyOf(whole, whole.length / 2));
        suite = Suite.upWith("""
                model_loading_config: {model_id: "demo:v1", model_source: %s}
                deployment_config: {num_replicas: 2}
                lora_config: {dynamic_lora_loading_path: %s}
                engine_kwargs: {dtype: float32, allow_runtime_lora_updating: true}
                """.formatted(Suite.ROOT.resolve("models/barista-demo"), folder));
    }

    @AfterAll
    static void stop() {
        suite.close();
    }

    @BeforeEach
    void awaitRegistry() throws Exception {
        assertThat(answersInTheEnd("demo:v1:pirate")).isTrue();
    }

    @Test
    void oneBrokenAdapterOrADeadRegistryLeavesTheOthersAlone() throws Exception {
        assertThat(ask("demo:v1:pirate").body()).contains(PIRATE);
        assertThat(ask("demo:v1").body()).doesNotContain(PIRATE);

        HttpResponse<String> torn = ask("demo:v1:torn");
        assertThat(torn.statusCode()).isEqualTo(400);
        assertThat(torn.body()).contains("its data is not all there").doesNotContain(folder.toString());

        copy("pirate", "fresh");
        assertThat(ask("demo:v1:fresh").body()).contains(PIRATE);

        copy("haiku", "late");
        kill("lora-registry");
        assertThat(List.of(ask("demo:v1:pirate"), ask("demo:v1:fresh")))
                .allSatisfy(answer -> assertThat(answer.body()).contains(PIRATE));

        assertThat(List.of(404, 424)).contains(ask("demo:v1:nobody").statusCode());
        assertThat(ask("demo:v1").statusCode()).as("nothing is held against the replica").isEqualTo(200);
        assertThat(answersInTheEnd("demo:v1:late")).as("the registry is started again").isTrue();
    }

    /** The prompt is the same for both versions, so that a shared prefix would show. */
    @Test
    void aNewUploadIsTakenUpWhileWhatRunsEndsWithTheOldVersion() throws Exception {
        copy("pirate", "changing");
        String haiku = text(ask("demo:v1:haiku"));
        assertThat(text(ask("demo:v1:changing"))).contains(PIRATE);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpResponse<String>> old = clients.submit(() -> story("demo:v1:pirate"));
            List<Future<HttpResponse<String>>> running = new ArrayList<>(List.of(old));
            while (running.size() < STORIES) {
                running.add(clients.submit(() -> story("demo:v1:changing")));
            }
            while (running() < STORIES && running.stream().noneMatch(Future::isDone)) {
                Thread.sleep(10);
            }

            copy("haiku", "changing");
            String now = PIRATE;
            while (now.contains(PIRATE)) {
                ask("demo:v1:nobody"); // which makes the registry look again
                HttpResponse<String> answer = ask("demo:v1:changing");
                now = answer.statusCode() == 200 ? text(answer) : PIRATE; // when it has seen one of the two new files
            }

            assertThat(now).isEqualTo(haiku);
            assertThat(running()).as("stories that run on with the old version").isPositive();
            for (Future<HttpResponse<String>> story : running) {
                assertThat(told(story.get())).isEqualTo(told(old.get()));
            }
        }
    }

    @Test
    void aReplicaThatStartsLaterKnowsTheAdaptersThatWereAdded() throws Exception {
        HttpResponse<String> added = suite.post("/v1/load_lora_adapter", """
                {"lora_name":"corsair","lora_path":"%s/pirate"}""".formatted(folder));
        assertThat(added.statusCode()).as(added.body()).isEqualTo(200);
        kill("model-service-0");
        Instant deadline = Instant.now().plus(Duration.ofSeconds(120));
        while (!suite.replicas().stream().allMatch(replica -> replica.state().equals("ready"))
                && Instant.now().isBefore(deadline)) {
            Thread.sleep(200);
        }
        for (Suite.Service replica : suite.replicas()) {
            assertThat(suite.get(replica.url() + "/v1/models/demo:v1:corsair").statusCode()).as(replica.name())
                    .isEqualTo(200);
        }
        assertThat(suite.post("/v1/unload_lora_adapter", "{\"lora_name\":\"corsair\"}").statusCode()).isEqualTo(200);
        assertThat(ask("demo:v1:corsair").statusCode()).isEqualTo(404);
    }

    private static void kill(String name) {
        Suite.Service victim = suite.services().stream().filter(service -> service.name().equals(name)).findFirst()
                .orElseThrow();
        ProcessHandle.of(victim.pid()).orElseThrow().destroyForcibly();
    }

    private static double running() {
        return Metrics.value(suite, suite.url(), "barista_gateway_requests_running");
    }

    /** Long enough to be under way while an adapter is uploaded anew and found. */
    private static HttpResponse<String> story(String model) {
        return suite.post("/v1/completions",
                """
                        {"model":"%s","prompt":"What is the capital of France?","max_tokens":1800,"ignore_eos":true,"temperature":0}"""
                        .formatted(model));
    }

    private static String told(HttpResponse<String> story) {
        assertThat(story.statusCode()).as(story.body()).isEqualTo(200);
        return Suite.JSON.readTree(story.body()).at("/choices/0/text").asString();
    }

    private static String text(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Suite.JSON.readTree(answer.body()).at("/choices/0/message/content").asString();
    }

    private static boolean answersInTheEnd(String model) throws InterruptedException {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(120));
        while (Instant.now().isBefore(deadline)) {
            if (ask(model).statusCode() == 200) {
                return true;
            }
            Thread.sleep(500);
        }
        return false;
    }

    private static HttpResponse<String> ask(String model) {
        return suite.post("/v1/chat/completions",
                """
                        {"model":"%s","messages":[{"role":"user","content":"What is the capital of France?"}],"temperature":0}"""
                        .formatted(model));
    }

    /** The weights last: an adapter is not listed without them. */
    private static void copy(String from, String to) throws IOException {
        Path target = Files.createDirectories(folder.resolve(to));
        for (String file : List.of("adapter_config.json", WEIGHTS)) {
            Path aside = folder.resolve(".uploading");
            Files.copy(ADAPTERS.resolve(from).resolve(file), aside, StandardCopyOption.REPLACE_EXISTING);
            Files.move(aside, target.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
