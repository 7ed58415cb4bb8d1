package io.barista.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.config.DtypeChoice;
import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.EngineException;
import io.barista.engine.LogitsProbe;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.testkit.ModelGolden;
import io.barista.engine.testkit.TinyModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Adapters as others may have saved them: what means the same gives the same, and what is wrong is said in words. */
class AdapterFoldersTest {

    private static final TinyModel MODEL = TinyModel.LLAMA_GQA_LLAMA3ROPE;
    private static final String WEIGHTS = "adapter_model.safetensors";

    @TempDir
    private Path temporary;
    private Path model;
    private Path adapter; // q_proj and v_proj, rank 8, alpha 12, rank-stabilised

    @BeforeEach
    void unpack() {
        model = MODEL.unpackInto(temporary);
        MODEL.unpackAdaptersInto(temporary);
        adapter = model.resolve("adapters/qv-r8-rslora");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            target_modules | ["q_proj", "v_proj"]
            target_modules | ["self_attn.q_proj", "self_attn.v_proj"]
            target_modules | ".*\\\\.[qv]_proj"
            target_modules | "model\\\\.layers\\\\.\\\\d+\\\\.self_attn\\\\.[qv]_proj"
            target_modules | null
            exclude_modules | ["mlp", "k_proj"]
            rank_pattern | {"q_proj": 8, ".*v_proj": 8, "mlp": 2}
            alpha_pattern | {"layers.0.self_attn.q_proj": 12}
            alpha_pattern | {"^model.layers.0.self_attn.q_proj": 12, "^q_proj": 99}
            init_lora_weights | "gaussian"
            layers_to_transform | [0, 1]
            peft_type | "lora"
            fan_in_fan_out | true
            modules_to_save | []
            """)
    void understandsWhatMeansTheSame(String key, String value) throws IOException {
        configure(key, value);
        ModelGolden.Prompt prompt = MODEL.golden().adapters().getLast().prompts().getFirst();
        assertThat(greedy(prompt)).isEqualTo(prompt.greedy().ids());
    }

    @Test
    void understandsTheNamesOfOldVersionsAndOfOtherWrappings() throws IOException {
        rename(name -> name.replace("base_model.model.model.", "base_model.model.model.language_model.")
                .replace(".weight", ".default.weight"));
        ModelGolden.Prompt prompt = MODEL.golden().adapters().getLast().prompts().getFirst();
        assertThat(greedy(prompt)).isEqualTo(prompt.greedy().ids());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            peft_type | "PROMPT_TUNING" | peft_type must be LORA
            use_dora | true | use_dora (DoRA) is not supported
            bias | "all" | bias must be none
            lora_bias | true | lora_bias
            init_lora_weights | "pissa_niter_16" | init_lora_weights (pissa_niter_16) changes the base model's weights
            init_lora_weights | "OLoRA" | init_lora_weights (OLoRA) changes the base model's weights
            modules_to_save | ["lm_head"] | modules_to_save (modules that were trained in full) is not supported
            trainable_token_indices | [3] | trainable_token_indices
            r | 0 | r must be an integer from 1
            r | null | r is missing
            r | 4 | lora_A of layers.0.self_attn.q_proj has shape [8, 96]
            r | 32 | has rank 32, and max_lora_rank is 16
            rank_pattern | {"v_proj": 64} | layers.0.self_attn.v_proj has rank 64, and max_lora_rank is 16
            rank_pattern | {"(v_proj": 8} | is no regular expression
            target_modules | ["q_proj"] | layers.0.self_attn.v_proj, which its target_modules leave out
            target_modules | ["q_proj", "v_proj", "k_proj"] | it lacks weights for
            target_modules | "all-linear" | it lacks weights for
            target_modules | "(" | target_modules is no regular expression
            target_modules | "(.+)+\\\\1!" | target_modules takes too long to match
            target_modules | "(?:(?:(?:(?:){999}){999}){999}){999}.*" | target_modules takes too long to match
            rank_pattern | {"(.+)+!\\\\1": 8} | ' takes too long to match
            target_modules | 7 | target_modules must be a list of names
            layers_to_transform | [1] | layers.0.self_attn.q_proj, which its target_modules leave out
            lora_alpha | 1e300 | lora_alpha of layers.
            alpha_pattern | {"v_proj": -1e60} | lora_alpha of layers.
            lora_alpha | "much" | lora_alpha must be a finite number
            """)
    void saysWhatIsWrongWithAConfiguration(String key, String value, String message) throws IOException {
        configure(key, value);
        assertRefused(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    model.layers.0.self_attn.q_proj.lora_A | model.layers.0.self_attn.q_proj.lora_C | is not a LoRA matrix
                    model.layers.0.self_attn.q_proj.lora_A | model.layers.9.self_attn.q_proj.lora_A | layers.9.self_attn.q_proj has no lora_B
                    layers.0.self_attn.q_proj | layers.9.self_attn.q_proj | layers.9.self_attn.q_proj is no module of this model
                    layers.0.self_attn.q_proj | layers.0.mlp.experts.3.up_proj | is inside an expert
                    layers.0.self_attn.q_proj | embed_tokens | embeddings
                    layers.0.self_attn.q_proj.lora_A | layers.0.self_attn.q_proj.lora_magnitude_vector | DoRA
                    layers.0.self_attn.q_proj.lora_A | layers.0.self_attn.q_proj.lora_embedding_A | embeddings
                    layers.0.self_attn.q_proj | layers.0.self_attn.k_proj | lora_B of layers.0.self_attn.k_proj has shape
                    """)
    void saysWhatIsWrongWithATensor(String from, String to, String message) throws IOException {
        configure("target_modules", "null");
        rename(name -> name.replace(from, to));
        assertRefused(message);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 400, 20_000})
    void refusesAFileThatWasCutShort(int bytes) throws IOException {
        Files.write(adapter.resolve(WEIGHTS), Arrays.copyOf(read(), bytes));
        assertRefused("adapter_model.safetensors");
    }

    @Test
    void refusesAFileWithAValueThatIsNoNumber() throws IOException {
        byte[] bytes = read();
        bytes[bytes.length - 1] = (byte) 0x7f;
        bytes[bytes.length - 2] = (byte) 0xc0;
        Files.write(adapter.resolve(WEIGHTS), bytes);
        assertRefused("holds a value that is infinite or no number");
    }

    @ParameterizedTest
    @ValueSource(strings = {"adapter_config.json", WEIGHTS})
    void namesTheFileThatIsMissing(String file) throws IOException {
        Files.delete(adapter.resolve(file));
        assertRefused(file + " is missing");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> greedy(MODEL.golden().prompts().getFirst()))
                .isInstanceOfSatisfying(EngineException.class,
                        error -> assertThat(error.code()).isEqualTo(EngineException.Code.INVALID_ADAPTER))
                .hasMessageStartingWith("adapter qv-r8-rslora cannot be used: ").hasMessageContaining(message);
    }

    private int[] greedy(ModelGolden.Prompt prompt) {
        EngineConfig config = EngineConfig.empty().with(EngineOptions.DTYPE, DtypeChoice.FLOAT32)
                .with(EngineOptions.NUM_GPU_BLOCKS_OVERRIDE, 64).with(EngineOptions.MAX_MODEL_LEN, 200);
        try (LogitsProbe probe = LogitsProbe.open(ModelFolder.open(model), config, List.of(new CpuBackend()),
                adapter)) {
            return probe.run(prompt.ids(), prompt.greedy().ids().length).greedy();
        }
    }

    private void configure(String key, String value) throws IOException {
        Path file = adapter.resolve("adapter_config.json");
        ObjectNode config = (ObjectNode) JsonMapper.shared().readTree(Files.readString(file));
        config.set(key, JsonMapper.shared().readTree(value));
        Files.writeString(file, config.toString());
    }

    /** Changes tensors' names and leaves the data where it is. */
    private void rename(UnaryOperator<String> change) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(read()).order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[(int) file.getLong()];
        file.get(header);
        ObjectNode renamed = JsonMapper.shared().createObjectNode();
        JsonMapper.shared().readTree(header).properties()
                .forEach(entry -> renamed.set(change.apply(entry.getKey()), entry.getValue()));
        byte[] written = renamed.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer whole = ByteBuffer.allocate(Long.BYTES + written.length + file.remaining())
                .order(ByteOrder.LITTLE_ENDIAN).putLong(written.length).put(written).put(file);
        Files.write(adapter.resolve(WEIGHTS), whole.array());
    }

    private byte[] read() throws IOException {
        return Files.readAllBytes(adapter.resolve(WEIGHTS));
    }
}
