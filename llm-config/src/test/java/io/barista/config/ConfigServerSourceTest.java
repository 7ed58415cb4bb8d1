package io.barista.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client's side of config-server; the two together are tested there. */
class ConfigServerSourceTest {

    private static final String PREFIX = "/barista/default/main/";

    @TempDir
    Path base;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void prepare() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void asksForPlaceholdersAsTheyAreWritten() {
        serve(Map.of("a.yaml", "a: ${HOME} é"));

        ConfigText text = source(Duration.ofSeconds(30)).read("a.yaml");

        assertThat(text.text()).isEqualTo("a: ${HOME} é");
        assertThat(text.folders()).containsExactly(base, base);
        assertThat(asked).containsExactly(PREFIX + "a.yaml?resolvePlaceholders=false");
    }

    @Test
    void waitsForAServerThatIsStarting() {
        refusals.set(3);
        serve(Map.of("a.yaml", "a: 1"));

        assertThat(source(Duration.ofSeconds(30)).read("a.yaml").text()).isEqualTo("a: 1");
        assertThat(asked).hasSize(4);
    }

    @Test
    void givesUpOnAServerThatNeverComes() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        URI nobody = URI.create("http://127.0.0.1:" + port);

        assertThatThrownBy(() -> new ConfigServerSource(nobody, base, base, Duration.ofMillis(200)).read("a.yaml"))
                .isInstanceOf(ConfigException.class).hasMessage(
                        "a.yaml: config-server " + nobody
                                + " did not answer within 0 s (ConnectException); is it running?");
    }

    @Test
    void doesNotWaitForAFileThatIsNotThere() {
        serve(Map.of());

        assertThatThrownBy(() -> source(Duration.ofSeconds(30)).read("a.yaml")).hasMessageContaining("no such file");
        assertThat(asked).hasSize(1);
    }

    @Test
    void followsReferencesBesideTheFileThenFromTheWorkingFolder() {
        serve(Map.of("configs/serve.yaml", "llm_configs: [beside.yaml, models/other one.yaml]", "configs/beside.yaml",
                "model_loading_config: {model_id: a}", "models/other one.yaml", "model_loading_config: {model_id: b}"));

        assertThat(LlmConfigs.parse(source(Duration.ofSeconds(30)), "configs/serve.yaml"))
                .extracting(LlmConfig::modelId)
                .containsExactly("a", "b");
        assertThat(asked).contains(PREFIX + "models/other%20one.yaml?resolvePlaceholders=false");
    }

    @Test
    void doesNotAskForFilesOutsideTheServedFolder() {
        serve(Map.of("serve.yaml", "llm_configs: [../secret.yaml, /etc/passwd]"));

        assertThatThrownBy(() -> LlmConfigs.parse(source(Duration.ofSeconds(30)), "serve.yaml"))
                .hasMessageContaining("../secret.yaml: no such file on config-server");
        assertThat(asked).hasSize(1);
    }

    private ConfigServerSource source(Duration patience) {
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        return new ConfigServerSource(uri, base, base, patience);
    }

    private void serve(Map<String, String> files) {
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().toString());
            String text = files.get(exchange.getRequestURI().getPath().replace(PREFIX, ""));
            byte[] body = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
            int status = refusals.getAndDecrement() > 0 ? 503 : text == null ? 404 : 200;
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }
}
