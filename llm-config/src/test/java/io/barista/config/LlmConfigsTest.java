package io.barista.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlmConfigsTest {

    @TempDir
    Path folder;

    @Test
    void readsOneLlmConfig() throws IOException {
        Path model = Files.createDirectories(folder.resolve("models/demo"));

        LlmConfig config = single("""
                model_loading_config:
                  model_id: demo
                  model_source: models/demo
                engine_kwargs:
                  max_model_len: 32k
                  dtype: float
                  reasoning_parser: qwen3
                deployment_config:
                  num_replicas: 2
                """);

        assertThat(config.modelLoading()).isEqualTo(new ModelLoadingConfig("demo", new ModelSource.Folder(model)));
        assertThat(config.engine().find(EngineOptions.MAX_MODEL_LEN)).contains(32_000);
        assertThat(config.engine().get(EngineOptions.DTYPE)).isEqualTo(DtypeChoice.FLOAT32);
        assertThat(config.engine().get(EngineOptions.BLOCK_SIZE)).isEqualTo(16);
        assertThat(config.deployment().numReplicas()).isEqualTo(new NumReplicas.Fixed(2));
        assertThat(config.ignored()).isEmpty();
    }

    @Test
    void readsAListOfConfigs() {
        assertThat(load("[{model_loading_config: {model_id: a}}, {model_loading_config: {model_id: b}}]"))
                .extracting(LlmConfig::modelId).containsExactly("a", "b");
    }

    @Test
    void readsConfigsUnderTheirKey() {
        assertThat(load("llm_configs: [{model_loading_config: {model_id: a}}]")).extracting(LlmConfig::modelId)
                .containsExactly("a");
    }

    @Test
    void namesFileLineKeyAndTheNearestValidKey() {
        assertThatThrownBy(() -> load("""
                model_loading_config:
                  model_id: demo
                engine_kwargs:
                  max_modle_len: 4096
                """)).isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("models.yaml:4: engine_kwargs.max_modle_len: unknown key, "
                        + "the nearest valid key is max_model_len");
    }

    private LlmConfig single(String yaml) {
        List<LlmConfig> configs = load(yaml);
        assertThat(configs).hasSize(1);
        return configs.getFirst();
    }

    private List<LlmConfig> load(String yaml) {
        try {
            return LlmConfigs.load(Files.writeString(folder.resolve("models.yaml"), yaml));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
