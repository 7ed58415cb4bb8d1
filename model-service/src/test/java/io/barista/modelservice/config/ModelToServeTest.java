package io.barista.modelservice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.config.BackendKind;
import io.barista.config.ConfigException;
import io.barista.config.EngineOptions;
import io.barista.config.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelToServeTest {

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void writeTwoModels() throws IOException {
        Files.createDirectory(folder.resolve("one"));
        Files.createDirectory(folder.resolve("two"));
        file = Files.writeString(folder.resolve("models.yaml"), """
                llm_configs:
                  - model_loading_config: {model_id: org/one, model_source: one}
                    engine_kwargs: {max_model_len: 128}
                  - model_loading_config: {model_id: two, model_source: two}
                    accelerator_type: A10G
                """);
    }

    @Test
    void findsOneOfSeveralModelsOfAFile() {
        ModelToServe model = find(new ServiceSettings.FromFile(file, "org/one"));
        assertThat(model.names()).containsExactly("org/one");
        assertThat(model.source()).isEqualTo(new ModelSource.Folder(folder.resolve("one")));
        assertThat(model.engine().get(EngineOptions.MAX_MODEL_LEN)).isEqualTo(128);
    }

    @Test
    void keepsWhatHasNoEffectHere() {
        assertThat(find(new ServiceSettings.FromFile(file, "two")).ignored()).extracting(key -> key.key())
                .containsExactly("accelerator_type");
    }

    @Test
    void saysWhichModelsThereAre() {
        assertThatThrownBy(() -> find(new ServiceSettings.FromFile(file, "three")))
                .hasMessageContaining("org/one, two");
        assertThatThrownBy(() -> find(new ServiceSettings.FromFile(file, null)))
                .hasMessageContaining("barista.model-id");
    }

    @Test
    void takesFlagsForAFile() {
        ModelToServe model = find(new ServiceSettings.FromFlags(folder.resolve("one").toString(), List.of("a", "b"),
                "{\"max_num_seqs\":3}"));
        assertThat(model.names()).containsExactly("a", "b");
        assertThat(model.engine().get(EngineOptions.MAX_NUM_SEQS)).isEqualTo(3);
        assertThat(find(new ServiceSettings.FromFlags(folder.resolve("one").toString(), List.of(), "{}")).names())
                .containsExactly("one");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            org/tiny,                  org/tiny
            hf://org/tiny@v2,          org/tiny
            s3://bucket/models/tiny/,  tiny
            """)
    void namesAModelFromElsewhereByItsAddress(String model, String name) {
        assertThat(find(new ServiceSettings.FromFlags(model, List.of(), "{}")).names()).containsExactly(name);
    }

    @Test
    void judgesFlagsAsItJudgesFiles() {
        assertThatThrownBy(() -> find(new ServiceSettings.FromFlags(folder.resolve("one").toString(), List.of(),
                "{\"max_num_sekwences\":3}"))).isInstanceOf(ConfigException.class).hasMessageContaining("max_num_seqs");
        assertThatThrownBy(
                () -> find(new ServiceSettings.FromFlags(folder.resolve("none").toString(), List.of(), "{}")))
                .isInstanceOf(ConfigException.class).hasMessageContaining("no such folder");
    }

    private static ModelToServe find(ServiceSettings settings) {
        return ModelToServe.find(settings, BackendKind.CPU);
    }
}
