package io.barista.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServedFolderTest {

    private static final String MODEL = "model_loading_config: {model_id: a}";

    @TempDir
    Path folder;

    @Test
    void isTheFileOwnFolderWhenItNamesNoOther() throws IOException {
        assertThat(served("configs/serve.yaml", MODEL))
                .isEqualTo(new ServedFolder(folder.resolve("configs"), "serve.yaml"));
    }

    @Test
    void holdsFilesNamedFromTheWorkingDirectory() throws IOException {
        write("elsewhere/one.yaml", MODEL);

        assertThat(served("configs/deep/serve.yaml", "[elsewhere/one.yaml]"))
                .isEqualTo(new ServedFolder(folder, "configs/deep/serve.yaml"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve.json", "serve", ".serve.yaml"})
    void refusesAFileThatConfigServerWouldNotServe(String name) {
        assertThatThrownBy(() -> served(name, MODEL)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("named .yaml or .yml only");
    }

    @Test
    void refusesHiddenFolders() throws IOException {
        write(".hidden/one.yaml", MODEL);

        assertThatThrownBy(() -> served("serve.yaml", "[.hidden/one.yaml]")).isInstanceOf(ConfigException.class)
                .hasMessageContaining(".hidden");
    }

    private ServedFolder served(String name, String text) throws IOException {
        write(name, text);
        return ServedFolder.of(Path.of(name), LlmConfigs.parse(new LocalFiles(folder), name), folder);
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
