package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.barista.modelservice.ServiceClient.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A LoRA registry that takes requests and keeps its answers to itself. */
class SlowRegistryHttpTest extends AbstractServiceTest {

    private static final CountDownLatch OVER = new CountDownLatch(1);
    private static final Semaphore ASKED = new Semaphore(0);

    @TempDir
    static Path folder;

    private static HttpServer registry;

    @DynamicPropertySource
    static void configure(DynamicPropertyRegistry properties) throws IOException {
        registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        registry.createContext("/", exchange -> {
            ASKED.release();
            try (exchange) {
                OVER.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        registry.start();
        Files.writeString(folder.resolve("demo.yaml"), """
                llm_configs:
                  - model_loading_config: {model_id: demo, model_source: %s}
                    lora_config: {dynamic_lora_loading_path: "s3://bucket/adapters"}
                    engine_kwargs: {dtype: float32}
                """.formatted(Path.of(System.getProperty("barista.root"), "models/barista-demo").toAbsolutePath()));
        properties.add("barista.config.path", () -> folder.resolve("demo.yaml").toString());
        properties.add("barista.lora-registry.uri", () -> "http://127.0.0.1:" + registry.getAddress().getPort());
    }

    @AfterAll
    static void stop() {
        OVER.countDown();
        registry.stop(0);
    }

    @Test
    void questionsToItKeepNoRequestWaiting() throws Exception {
        int many = 8 * Runtime.getRuntime().availableProcessors();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Answer>> questions = IntStream.range(0, many)
                    .mapToObj(number -> CompletableFuture.supplyAsync(() -> service.get(
                            number % 2 == 0 ? "/v1/models" : "/v1/models/demo:a" + number), clients))
                    .toList();
            ASKED.acquire(many);
            assertThat(questions).as("all wait at the same time").noneMatch(CompletableFuture::isDone);

            assertThat(service.post("/v1/completions", """
                    {"model":"demo","prompt":"The capital","max_tokens":1}""").status()).isEqualTo(200);

            OVER.countDown();
            questions.forEach(CompletableFuture::join);
        }
    }
}
