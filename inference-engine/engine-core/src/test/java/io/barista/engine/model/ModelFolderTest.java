package io.barista.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.engine.EngineException;
import io.barista.engine.EngineException.Code;
import io.barista.engine.goldens.SharedGoldens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void copyTheDemoModelWithoutItsWeights() throws IOException {
        for (String name : List.of("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
                "chat_template.jinja")) {
            Files.copy(SharedGoldens.demoModel().resolve(name), folder.resolve(name));
        }
    }

    @Test
    void readsAllButTheWeights() {
        ModelFolder model = ModelFolder.open(folder);

        assertThat(model.config().architecture()).isEqualTo("Qwen2ForCausalLM");
        assertThat(model.generationConfig().eosTokenIds()).containsExactly(2043, 2041);
        assertThat(model.generationConfig().temperature()).hasValue(0);
        assertThat(model.chatTemplateSource().orElseThrow()).contains("<|im_start|>");
        assertThat(model.specialTokens()).containsEntry("eos_token", "<|im_end|>").doesNotContainKey("bos_token");
        assertThat(model.decoder().layers()).hasSize(8);
    }

    @Test
    void takesTheTemplateOfTheTokenizersConfigWhenThereIsNoFileOfItsOwn() throws IOException {
        Files.delete(folder.resolve("chat_template.jinja"));
        assertThat(ModelFolder.open(folder).chatTemplateSource().orElseThrow()).contains("<|im_start|>");

        write("tokenizer_config.json", """
                {"chat_template": [{"name": "tool_use", "template": "tools"}, {"name": "default", "template": "plain"}],
                 "bos_token": {"content": "<s>", "lstrip": false}}""");
        assertThat(ModelFolder.open(folder).chatTemplateSource()).contains("plain");
        assertThat(ModelFolder.open(folder).specialTokens()).containsExactly(Map.entry("bos_token", "<s>"));

        write("tokenizer_config.json", "{}");
        assertThat(ModelFolder.open(folder).chatTemplateSource()).isEmpty();

        write("tokenizer_config.json", "{\"chat_template\": [7]}");
        assertInvalid("chat_template");
    }

    @Test
    void doesWithoutAGenerationConfig() throws IOException {
        Files.delete(folder.resolve("generation_config.json"));

        GenerationDefaults defaults = ModelFolder.open(folder).generationConfig();

        assertThat(defaults.eosTokenIds()).containsExactly(2043);
        assertThat(defaults.temperature()).isEmpty();
    }

    @Test
    void saysWhatIsMissingOrBroken() throws IOException {
        assertThatThrownBy(() -> ModelFolder.open(folder.resolve("nowhere"))).hasMessageContaining("is not a folder");
        write("generation_config.json", "{\"eos_token_id\": 99999}");
        assertInvalid("eos_token_id 99999");
        write("generation_config.json", "{");
        assertInvalid("generation_config.json is not valid JSON");
        Files.delete(folder.resolve("generation_config.json"));
        write("config.json", Files.readString(folder.resolve("config.json")).replace("2048,", "2000,"));
        assertInvalid("vocab_size 2000");
        Files.delete(folder.resolve("config.json"));
        assertInvalid("has no config.json");
    }

    @Test
    void overridesTheGenerationConfigAsAsked() {
        ModelFolder model = ModelFolder.open(folder);

        GenerationDefaults own = model.generationConfig("auto", Map.of("temperature", 0.5, "eos_token_id", 7));
        assertThat(own.temperature()).hasValue(0.5);
        assertThat(own.eosTokenIds()).containsExactly(2043, 2041, 7);
        assertThat(model.generationConfig("vllm", Map.of()).temperature()).isEmpty();
        assertThat(model.generationConfig("vllm", Map.of()).eosTokenIds()).containsExactly(2043);
        assertThat(model.generationConfig(SharedGoldens.demoModel().toString(), Map.of()).temperature()).hasValue(0);
    }

    @Test
    void refusesOverridesThatMeanNothing() {
        ModelFolder model = ModelFolder.open(folder);

        assertThatThrownBy(() -> model.generationConfig("auto", Map.of("temprature", 0.5)))
                .isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID_CONFIG))
                .hasMessageContaining("temprature is not one of").hasMessageContaining("temperature");
        assertThatThrownBy(() -> model.generationConfig("auto", Map.of("top_p", 2)))
                .isInstanceOfSatisfying(EngineException.class,
                        e -> assertThat(e.code()).isEqualTo(Code.INVALID_CONFIG));
        assertThatThrownBy(() -> model.generationConfig("/nowhere", Map.of()))
                .hasMessageContaining("generation_config");
    }

    private void assertInvalid(String reason) {
        assertThatThrownBy(() -> ModelFolder.open(folder)).isInstanceOfSatisfying(EngineException.class, error -> {
            assertThat(error.code()).isEqualTo(Code.INVALID_MODEL);
            assertThat(error).hasMessageContaining(reason);
        });
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }
}
