package io.barista.configserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.config.ConfigException;
import io.barista.config.ConfigServerSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = "BARISTA_API_KEY=open-sesame")
class ApiKeyTest {

    @TempDir
    static Path folder;

    @LocalServerPort
    int port;

    @DynamicPropertySource
    static void searchLocation(DynamicPropertyRegistry registry) {
        registry.add("spring.cloud.config.server.native.search-locations[0]", () -> folder.toUri().toString());
    }

    @BeforeAll
    static void write() throws IOException {
        Files.writeString(folder.resolve("models.yaml"), "model_loading_config: {model_id: a}");
    }

    @Test
    void servesFilesToWhoeverHasTheKey() {
        assertThat(source("open-sesame").read("models.yaml").text()).contains("model_id: a");
    }

    @Test
    void refusesEverybodyElse() {
        assertThatThrownBy(() -> source("guessed").read("models.yaml")).isInstanceOf(ConfigException.class)
                .hasMessageContaining("wants another key");
        assertThatThrownBy(() -> source("").read("models.yaml")).isInstanceOf(ConfigException.class);
    }

    @Test
    void answersHealthToEverybody() throws Exception {
        assertThat(status("/health")).isEqualTo(200);
        assertThat(status("/actuator/health/readiness")).isEqualTo(200);
        assertThat(status("/actuator")).isEqualTo(401);
    }

    private int status(String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(server().resolve(path)).build(),
                    HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }

    private ConfigServerSource source(String key) {
        return new ConfigServerSource(server(), folder, folder, Duration.ofSeconds(30), key);
    }

    private URI server() {
        return URI.create("http://127.0.0.1:" + port);
    }
}
