package io.barista.configserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.config.ConfigException;
import io.barista.config.ConfigServerSource;
import io.barista.config.EngineOptions;
import io.barista.config.LlmConfig;
import io.barista.config.LlmConfigs;
import io.barista.config.ModelSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class ConfigServerTest {

    private static final String SERVE_FILE = """
            applications:
              - name: llm-endpoint
                import_path: ray.serve.llm:build_openai_app
                route_prefix: /
                args:
                  llm_configs:
                    - ./model_config/referred.yaml
                    - model_loading_config:
                        model_id: inline
                        model_source: models/demo
                      runtime_env:
                        env_vars: {HF_TOKEN: "${HF_TOKEN}", HOME: "${HOME:-nowhere}"}
                      engine_kwargs: {max_model_len: 1K}
            """;

    @TempDir
    static Path folder;

    @LocalServerPort
    int port;

    private final HttpClient client = HttpClient.newHttpClient();

    @DynamicPropertySource
    static void searchLocation(DynamicPropertyRegistry registry) {
        registry.add("spring.cloud.config.server.native.search-locations[0]", () -> served().toUri());
    }

    @BeforeAll
    static void writeFiles() throws IOException {
        Path served = Files.createDirectories(served());
        Files.createDirectories(served.resolve("models/demo"));
        Files.createDirectories(served.resolve("model_config"));
        Files.createDirectories(served.resolve(".ssh"));
        Files.writeString(served.resolve("serve.yaml"), SERVE_FILE);
        Files.writeString(served.resolve("model_config/referred.yaml"), "model_loading_config: {model_id: referred}");
        Files.writeString(served.resolve(".ssh/id.yaml"), "secret: 1");
        Files.writeString(served.resolve("key.pem"), "secret");
        Files.writeString(served.resolve("account.json"), "{}");
        Files.writeString(served.resolve("application.yml"), "barista.seen: true");
        Files.writeString(folder.resolve("outside.yaml"), "secret: 1");
    }

    @Test
    void servesTheSameBytes() throws Exception {
        String awkward = "a: ${HOME}\r\nb: '#{1+1}'\nc: \"{cipher}AQ\"\nd: é 日本 \uD83D\uDE80\n---\ne: 1\n";
        Files.writeString(served().resolve("awkward.yml"), awkward);

        HttpResponse<byte[]> response = get("/barista/default/main/awkward.yml");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain;charset=UTF-8");
        assertThat(response.body()).isEqualTo(awkward.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everyConsumerParsesTheModelsAndTheirReferences() {
        List<LlmConfig> configs = LlmConfigs.parse(source(), "serve.yaml");

        assertThat(configs).extracting(LlmConfig::modelId).containsExactly("referred", "inline");
        LlmConfig inline = configs.getLast();
        assertThat(inline.modelLoading().source())
                .isEqualTo(new ModelSource.Folder(served().resolve("models/demo").toAbsolutePath()));
        assertThat(inline.runtimeEnv().environment()).containsEntry("HF_TOKEN", "${HF_TOKEN}");
        assertThat(inline.engine().find(EngineOptions.MAX_MODEL_LEN)).contains(1024);
        assertThat(inline.origin().file()).isEqualTo("serve.yaml");
    }

    @Test
    void aMissingFileIsAnErrorThatNamesTheServer() {
        assertThatThrownBy(() -> LlmConfigs.parse(source(), "other.yaml")).isInstanceOf(ConfigException.class)
                .hasMessage("other.yaml: no such file on config-server " + server()
                        + ", which serves the folder or repository it was started with");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/barista/default/main/../outside.yaml", "/barista/default/main/%2e%2e/outside.yaml",
        "/barista/default/main/..%2foutside.yaml", "/barista/default/main/%252e%252e/outside.yaml",
        "/barista/default/main/%252e%252e%252foutside.yaml", "/barista/default/main/..%5coutside.yaml",
        "/barista/default/main/models/..;/../outside.yaml", "/barista/default/..(_)/outside.yaml",
        "/..(_)/default/main/outside.yaml", "/barista/default/main/file:/etc/hosts.yaml",
        "/barista/default/main/.ssh/id.yaml", "/barista/default/main/%2essh/id.yaml",
        "/barista/default/(_).ssh/id.yaml", "/barista/default/main/key.pem", "/barista/default/main/account.json",
        "/barista/default", "/barista/default/main", "/application-default.yml", "/main/application-default.json",
        "/encrypt/status", "/actuator", "/actuator/env", "/"})
    void servesNothingButYamlBelowItsFolder(String path) throws Exception {
        HttpResponse<byte[]> response = get(path);

        assertThat(response.statusCode()).isIn(400, 404);
        assertThat(new String(response.body(), StandardCharsets.UTF_8)).doesNotContain("secret", "seen", "trace");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/actuator/health", "/actuator/health/readiness", "/actuator/health/liveness"})
    void tellsItsHealth(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(200);
    }

    /** A folder whose name is as awkward as a user's. */
    private static Path served() {
        return folder.resolve("my models, 2");
    }

    private ConfigServerSource source() {
        return new ConfigServerSource(server(), served(), folder, Duration.ofSeconds(30));
    }

    private URI server() {
        return URI.create("http://127.0.0.1:" + port);
    }

    private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(server() + path)).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }
}
