package io.barista.loraregistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.sources.SourceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The demo model's adapters, whole and spoiled. */
class AdapterCheckTest {

    private static final Path MODELS = Path.of(System.getProperty("barista.root"), "models");

    @TempDir
    private Path folder;

    @BeforeEach
    void copy() throws IOException {
        for (String file : new String[]{Adapter.CONFIG, Adapter.WEIGHTS}) {
            Files.copy(MODELS.resolve("adapters/pirate").resolve(file), folder.resolve(file));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pirate", "haiku"})
    void takesTheDemoAdapters(String adapter) throws IOException {
        AdapterCheck check = new AdapterCheck(base());
        assertThatCode(() -> check.check(MODELS.resolve("adapters").resolve(adapter))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "r": 8             | "r": 16           | adapter_config.json says 16
            "r": 8             | "r": 0            | r must be from 1 to 512
            "use_dora": false  | "use_dora": true  | use_dora is not supported
            "bias": "none"     | "bias": "all"     | bias must be none, is all
            "peft_type": "LORA"| "peft_type": "IA3"| peft_type is not LORA
            "modules_to_save": null | "modules_to_save": ["lm_head"] | modules_to_save is not supported
            "r": 8             | "r": 8,,          | its JSON cannot be read
            """)
    void refusesAConfigurationThatDoesNotFit(String original, String changed, String reason) throws IOException {
        Path config = folder.resolve(Adapter.CONFIG);
        Files.writeString(config, Files.readString(config).replace(original, changed));
        assertRefused(reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [8,768]   | [8,769]   | its data is not all there
            "F32"     | "I32"     | expected F32, F16 or BF16
            lora_A    | lora_X    | is no LoRA matrix
            q_proj    | x_proj    | is no layer that adapters can change
            layers.7. | layers.9. | the base model has 8 layers only
            """)
    void refusesTensorsThatDoNotFit(String original, String changed, String reason) throws IOException {
        Path weights = folder.resolve(Adapter.WEIGHTS);
        String bytes = Files.readString(weights, StandardCharsets.ISO_8859_1);
        Files.writeString(weights, bytes.replace(original, changed), StandardCharsets.ISO_8859_1);
        assertRefused(reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            base_model.model. | ''
            .weight           | .default.weight
            """)
    void takesNamesThatAreNotQuiteAsPeftWritesThemToday(String usual, String other) throws IOException {
        rewriteHeader(header -> header.replace(usual, other));
        AdapterCheck check = new AdapterCheck(base());
        assertThatCode(() -> check.check(folder)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [8,768]                   | [-8,-768]                | expected two dimensions
            [8,768]                   | [4611686018427387904,1]  | expected two dimensions
            model.layers.7.mlp.down_proj | lm_head               | adapters of the output matrix are not supported
            model.layers.7.mlp.down_proj | model.embed_tokens    | adapters of embeddings are not supported
            down_proj.lora_A.weight   | down_proj.lora_B.bias    | is no LoRA matrix
            """)
    void refusesAHeaderThatLies(String original, String changed, String reason) throws IOException {
        rewriteHeader(header -> header.replace(original, changed));
        assertRefused(reason);
    }

    @Test
    void refusesAConfigurationThatIsNoTextWithoutBlamingTheDisk() throws IOException {
        Files.write(folder.resolve(Adapter.CONFIG), new byte[]{'{', '"', (byte) 0xff, (byte) 0xfe, '"', '}'});
        assertRefused("its JSON cannot be read");
    }

    @Test
    void refusesAnAdapterOfAnotherModel() throws IOException {
        JsonNode other = JsonMapper.shared().readTree(Files.readString(MODELS.resolve("barista-demo/config.json"))
                .replace("\"hidden_size\": 256", "\"hidden_size\": 512"));
        assertThatThrownBy(() -> new AdapterCheck(other).check(folder)).isInstanceOf(SourceException.class)
                .hasMessageContaining("the base model's is from");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 8, 100, 20_000})
    void refusesAFileThatIsCutShort(int bytes) throws IOException {
        Path weights = folder.resolve(Adapter.WEIGHTS);
        Files.write(weights, Arrays.copyOf(Files.readAllBytes(weights), bytes));
        assertThatThrownBy(() -> new AdapterCheck(base()).check(folder)).isInstanceOf(SourceException.class);
    }

    private void rewriteHeader(UnaryOperator<String> change) throws IOException {
        Path weights = folder.resolve(Adapter.WEIGHTS);
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(weights)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[(int) file.getLong()];
        file.get(header);
        byte[] changed = change.apply(new String(header, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
        Files.write(weights, ByteBuffer.allocate(8 + changed.length + file.remaining()).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(changed.length).put(changed).put(file).array());
    }

    private void assertRefused(String reason) throws IOException {
        AdapterCheck check = new AdapterCheck(base());
        assertThatThrownBy(() -> check.check(folder)).isInstanceOfSatisfying(SourceException.class,
                refused -> assertThat(refused.kind())
                        .isEqualTo(SourceException.Kind.UNUSABLE))
                .hasMessageContaining(reason);
    }

    private static JsonNode base() throws IOException {
        return JsonMapper.shared().readTree(Files.readString(MODELS.resolve("barista-demo/config.json")));
    }
}
