package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A model that is not on this machine: a server that speaks as Hugging Face does has the demo model, and takes its time. */
@DirtiesContext
@SpringBootTest(classes = {ModelServiceApplication.class,
    AbstractDemoTest.Failure.class}, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class DownloadedModelHttpTest {

    private static final Path DEMO = Path.of(System.getProperty("barista.root"), "models/barista-demo");
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final CountDownLatch CONTENT_MAY_COME = new CountDownLatch(1);

    @TempDir
    private static Path folder;

    private static HttpServer hub;

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void configure(DynamicPropertyRegistry properties) throws IOException {
        hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hub.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        hub.createContext("/", DownloadedModelHttpTest::answer);
        hub.start();
        Path config = Files.writeString(folder.resolve("models.yaml"), """
                model_loading_config: {model_id: demo, model_source: org/demo}
                engine_kwargs: {dtype: float32, revision: v1}
                runtime_env:
                  env_vars: {HF_ENDPOINT: "http://127.0.0.1:%d", HF_TOKEN: sesame, BARISTA_CACHE: "%s"}
                """.formatted(hub.getAddress().getPort(), folder.resolve("cache")));
        properties.add("barista.config.path", config::toString);
    }

    @AfterAll
    static void stop() {
        CONTENT_MAY_COME.countDown();
        hub.stop(0);
    }

    @Test
    void isNotReadyWhileTheModelComesAndServesItThen() throws InterruptedException {
        ServiceClient service = new ServiceClient(port);
        assertThat(service.get("/actuator/health/liveness").status()).isEqualTo(200);
        assertThat(service.get("/actuator/health/readiness").status()).isEqualTo(503);

        CONTENT_MAY_COME.countDown();
        long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (service.get("/actuator/health/readiness").status() != 200 && System.nanoTime() < deadline) {
            Thread.sleep(20);
        }
        assertThat(service.post("/v1/completions", "{\"prompt\":\"a\",\"max_tokens\":2}").status()).isEqualTo(200);
        assertThat(service.get("/metrics").body()).contains("barista_model_download_bytes_total 1.3");
        assertThat(service.get("/server_info").body()).doesNotContain("sesame");
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String token = exchange.getRequestHeaders().getFirst("Authorization");
            if (!"Bearer sesame".equals(token)) {
                exchange.sendResponseHeaders(401, -1);
            } else if (path.equals("/api/models/org/demo/revision/v1")) {
                send(exchange, 200, "{\"sha\":\"%s\"}".formatted(COMMIT).getBytes(StandardCharsets.UTF_8));
            } else if (path.equals("/api/models/org/demo/tree/" + COMMIT)) {
                send(exchange, 200, tree().getBytes(StandardCharsets.UTF_8));
            } else {
                CONTENT_MAY_COME.await();
                part(exchange, Files.readAllBytes(DEMO.resolve(path.substring(path.lastIndexOf('/') + 1))));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String tree() throws IOException {
        try (Stream<Path> files = Files.list(DEMO)) {
            return files.map(file -> "{\"type\":\"file\",\"path\":\"%s\",\"size\":%d,\"oid\":\"\"}"
                    .formatted(file.getFileName(), file.toFile().length())).collect(Collectors.joining(",", "[", "]"));
        }
    }

    private static void part(HttpExchange exchange, byte[] content) throws IOException {
        String[] range = exchange.getRequestHeaders().getFirst("Range").replace("bytes=", "").split("-");
        int from = Integer.parseInt(range[0]);
        byte[] part = Arrays.copyOfRange(content, from, Integer.parseInt(range[1]) + 1);
        exchange.getResponseHeaders().set("Content-Range",
                "bytes %d-%d/%d".formatted(from, from + part.length - 1, content.length));
        send(exchange, 206, part);
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
