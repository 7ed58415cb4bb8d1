package io.barista.configserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.config.ConfigServerSource;
import io.barista.config.LlmConfig;
import io.barista.config.LlmConfigs;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.jgit.api.Git;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ActiveProfiles(value = "git", inheritProfiles = false)
class GitRepositoryTest {

    @TempDir
    static Path folder;

    @LocalServerPort
    int port;

    @DynamicPropertySource
    static void repository(DynamicPropertyRegistry registry) {
        registry.add("spring.cloud.config.server.git.uri", () -> folder.resolve("repository").toUri());
        registry.add("spring.cloud.config.server.git.basedir", () -> folder.resolve("clone"));
    }

    @BeforeAll
    static void commit() throws Exception {
        Path repository = Files.createDirectory(folder.resolve("repository"));
        try (Git git = Git.init().setDirectory(repository.toFile()).setInitialBranch("main").call()) {
            Files.writeString(repository.resolve("models.yaml"), "model_loading_config: {model_id: committed}");
            git.add().addFilepattern("models.yaml").call();
            git.commit().setMessage("A model").setAuthor("A", "a@localhost").setCommitter("A", "a@localhost")
                    .setSign(false)
                    .call();
        }
    }

    @Test
    void servesTheFilesOfARepository() {
        URI server = URI.create("http://127.0.0.1:" + port);

        assertThat(
                LlmConfigs.parse(new ConfigServerSource(server, folder, folder, Duration.ofSeconds(30)), "models.yaml"))
                .extracting(LlmConfig::modelId).containsExactly("committed");
    }
}
