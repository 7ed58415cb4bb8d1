package io.barista.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;

class StartFailureTest {

    @TempDir
    private Path folder;

    @Test
    void namesFileLineAndKeyOfAWrongConfiguration() throws Exception {
        Path file = folder.resolve("models.yaml");
        Files.writeString(file, "model_loading_config:\n  model_id: a\n  model_sorce: /b\n");

        assertThat(reason("barista.config.path=" + file)).contains("models.yaml:3").contains("model_sorce")
                .contains("model_source").doesNotContain("Exception");
    }

    @Test
    void saysThatTheConfigurationIsNotThere() {
        assertThat(reason("barista.config.path=" + folder.resolve("none.yaml"))).contains("none.yaml");
        assertThat(reason()).contains("barista.config.uri").contains("barista.config.path").contains("neither");
        assertThat(reason("barista.config.uri=http://127.0.0.1:1")).contains("file is missing");
    }

    @Test
    void saysThatConfigServerDoesNotAnswer() {
        assertThat(reason("barista.config.uri=http://127.0.0.1:1", "barista.config.file=m.yaml",
                "barista.config.patience=200ms")).contains("127.0.0.1:1");
    }

    @Test
    void saysWhichKnobIsWrong() {
        assertThat(reason("barista.config.path=x", "barista.gateway.answer.idle-timeout=0s"))
                .contains("barista.gateway.answer.idle-timeout must be positive");
        assertThat(reason("barista.config.path=x", "barista.gateway.body.max-size=1GB")).contains("body.memory");
        assertThat(reason("barista.config.path=x", "barista.gateway.anwser.deadline=1s")).contains("anwser.deadline");
    }

    private static String reason(String... properties) {
        List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--server.address=127.0.0.1"));
        for (String property : properties) {
            arguments.add("--" + property);
        }
        Throwable failure = catchThrowable(() -> new SpringApplicationBuilder(GatewayApplication.class)
                .initializers(TestGateway::keepEventLoopsApart).run(arguments.toArray(String[]::new)).close());
        return StartFailure.reason(failure);
    }
}
