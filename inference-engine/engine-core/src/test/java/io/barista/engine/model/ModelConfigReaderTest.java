package io.barista.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.engine.EngineException;
import io.barista.engine.backend.DType;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ModelConfigReaderTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @ParameterizedTest
    @ValueSource(strings = {"llama-gqa-llama3rope", "llama-mha-tied-linear", "qwen2-tied-bias", "mixtral-top2",
        "phi3-longrope", "phi3-partial-rotary", "mistral-sliding", "qwen3-qknorm", "qwen3-moe",
        "qwen2-moe-shared-expert",
        "gemma2-softcap", "gemma3-text", "llama-biases-yarn", "llama-dynamic", "deepseek-v2-lite", "deepseek-v2-groups",
        "deepseek-v3-mla-moe"})
    void bothStylesOfConfigMeanTheSameDecoder(String model) throws IOException {
        DecoderSpec older = ModelFamilies.spec(read(model + "/config.json"));
        DecoderSpec newer = ModelFamilies.spec(read(model + "/config.alt.json"));

        assertThat(newer).isEqualTo(older);
    }

    @Test
    void readsWhatLlamaFoldersSay() throws IOException {
        ModelConfig config = read("llama-gqa-llama3rope/config.json");

        assertThat(config.headDim()).isEqualTo(16);
        assertThat(config.kvHeads()).isEqualTo(2);
        assertThat(config.weightsDtype()).contains(DType.BFLOAT16);
        assertThat(config.eosTokenIds()).containsExactly(388);
        DecoderSpec spec = ModelFamilies.spec(config);
        assertThat(spec.ropes())
                .containsExactly(new DecoderSpec.Rope(new RopeSpec.Llama3(500_000, 8, 1, 4, 64), 16));
        assertThat(attention(spec).qkvBias()).isFalse();
    }

    @Test
    void linearRopeStretchesTheContext() throws IOException {
        assertThat(spec("llama-mha-tied-linear/config.json").contextLength()).isEqualTo(4 * 1024);
        assertThat(spec("llama-gqa-llama3rope/config.json").contextLength()).isEqualTo(1024);
    }

    @Test
    void qwen2HasBiasesOnQueriesKeysAndValuesOnly() throws IOException {
        DecoderSpec spec = spec("qwen2-tied-bias/config.json");

        assertThat(attention(spec).qkvBias()).isTrue();
        assertThat(attention(spec).outputBias()).isFalse();
        assertThat(gated(spec).bias()).isFalse();
    }

    @Test
    void llamaMayHaveBiasesEverywhere() throws IOException {
        DecoderSpec spec = ModelFamilies.spec(llamaWith("attention_bias", true, "mlp_bias", true));

        assertThat(attention(spec).qkvBias()).isTrue();
        assertThat(attention(spec).outputBias()).isTrue();
        assertThat(gated(spec).bias()).isTrue();
    }

    @Test
    void listsWhatIsSupportedForAnUnknownArchitectureWhateverElseItsConfigLacks() {
        JsonNode config = JSON.readTree("""
                {"architectures": ["Gemma3ForConditionalGeneration"], "text_config": {}}""");
        assertThatThrownBy(() -> ModelConfigReader.read(new ConfigFields("config.json", config)))
                .hasMessageContaining("Gemma3ForConditionalGeneration is not supported")
                .hasMessageContaining("LlamaForCausalLM, MistralForCausalLM, MixtralForCausalLM");
    }

    @Test
    void refusesRopeTypesItDoesNotKnow() {
        assertThatThrownBy(() -> ModelFamilies.spec(llamaWith("rope_scaling", Map.of("type", "spiral"))))
                .hasMessageContaining("spiral").hasMessageContaining("default, linear, dynamic, llama3");
    }

    @ParameterizedTest
    @CsvSource({"hidden_size,0", "hidden_size,97", "num_attention_heads,-1", "num_key_value_heads,5", "head_dim,15",
        "vocab_size,9999999999", "max_position_embeddings,0", "num_hidden_layers,0", "rope_theta,-1"})
    void refusesNumbersThatMakeNoModel(String key, long value) {
        assertThatThrownBy(() -> ModelFamilies.spec(llamaWith(key, value))).isInstanceOf(EngineException.class)
                .hasMessageContaining("config.json");
    }

    @Test
    void refusesOptionsThatItWouldHaveToIgnore() {
        assertThatThrownBy(() -> ModelFamilies.spec(llamaWith("hidden_act", "relu2")))
                .hasMessageContaining("hidden_act");
        assertThatThrownBy(() -> ModelFamilies.spec(llamaWith("partial_rotary_factor", 0.1)))
                .hasMessageContaining("partial_rotary_factor");
        assertThatThrownBy(() -> ModelFamilies
                .spec(llamaWith("rope_parameters", Map.of("full_attention", Map.of("rope_theta", 1e4)))))
                .hasMessageContaining("full_attention");
        assertThatThrownBy(() -> llamaWith("torch_dtype", "int4")).hasMessageContaining("torch_dtype");
    }

    @Test
    void survivesEveryDamageToAConfigWithAnError() throws IOException {
        byte[] good = bytes("llama-gqa-llama3rope/config.json");
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            byte[] bad = good.clone();
            for (int j = 0; j <= random.nextInt(4); j++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                ModelFamilies.spec(
                        ModelConfigReader.read(new ConfigFields("config.json", JsonFile.parse(bad, "config.json"))));
            } catch (EngineException expected) {
                assertThat(expected.code()).as(Arrays.toString(bad)).isEqualTo(EngineException.Code.INVALID_MODEL);
            }
        }
    }

    @Test
    void generationConfigIsGreedyOnlyWhenItSaysSo() {
        assertThat(defaults(Map.of("do_sample", false, "temperature", 0.7)).temperature()).hasValue(0);
        assertThat(defaults(Map.of("temperature", 0.7)).temperature()).hasValue(0.7);
        assertThat(defaults(Map.of()).temperature()).isEmpty();
    }

    @Test
    void endTokensOfBothFilesCount() {
        assertThat(defaults(Map.of("eos_token_id", List.of(7, 3))).eosTokenIds()).containsExactly(7, 3, 388);
        assertThat(defaults(Map.of("eos_token_id", 388)).eosTokenIds()).containsExactly(388);
    }

    @Test
    void generationConfigOutOfRangeIsAnError() {
        assertThatThrownBy(() -> defaults(Map.of("top_p", 1.5))).hasMessageContaining("top_p");
        assertThatThrownBy(() -> defaults(Map.of("temperature", "hot"))).hasMessageContaining("temperature");
    }

    private static Attention.Grouped attention(DecoderSpec spec) {
        return (Attention.Grouped) spec.layers().getFirst().attention();
    }

    private static FeedForward.Gated gated(DecoderSpec spec) {
        return (FeedForward.Gated) spec.layers().getFirst().feedForward();
    }

    private static DecoderSpec spec(String resource) throws IOException {
        return ModelFamilies.spec(read(resource));
    }

    private static GenerationDefaults defaults(Map<String, Object> file) {
        return GenerationDefaults.read(JsonFile.of("generation_config.json", file), List.of(388));
    }

    private static ModelConfig llamaWith(Object... keysAndValues) throws IOException {
        ObjectNode json = (ObjectNode) JSON.readTree(bytes("llama-gqa-llama3rope/config.json"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            json.set((String) keysAndValues[i], JSON.valueToTree(keysAndValues[i + 1]));
        }
        return ModelConfigReader.read(new ConfigFields("config.json", json));
    }

    private static ModelConfig read(String resource) throws IOException {
        return ModelConfigReader.read(new ConfigFields("config.json", JsonFile.parse(bytes(resource), "config.json")));
    }

    private static byte[] bytes(String resource) throws IOException {
        try (InputStream file = ModelConfigReaderTest.class.getResourceAsStream(resource)) {
            return file.readAllBytes();
        }
    }
}
