package io.barista.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.barista.config.EngineConfig;
import io.barista.engine.EngineException;
import io.barista.engine.LogitsProbe;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.testkit.TinyModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A folder that somebody copied half, edited wrongly or trained otherwise: one line that says what is wrong, and nothing left open. */
class BrokenModelFolderTest {

    private static final String WEIGHTS = "model.safetensors";

    @TempDir
    Path temporary;

    /** Changes a folder that was whole. */
    @FunctionalInterface
    private interface Damage {

        void to(Path folder) throws IOException;
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                damage("no config", folder -> Files.delete(folder.resolve("config.json")), "has no config.json"),
                damage("no tokenizer", folder -> Files.delete(folder.resolve("tokenizer.json")), "tokenizer.json"),
                damage("no weights", folder -> Files.delete(folder.resolve(WEIGHTS)), "has neither model.safetensors"),
                damage("half a config", truncated("config.json", 300), "config.json is not valid JSON"),
                damage("half a tokenizer", truncated("tokenizer.json", 900), "tokenizer.json"),
                damage("half a tokenizer config", truncated("tokenizer_config.json", 90), "tokenizer_config.json"),
                damage("seven bytes of weights", truncated(WEIGHTS, 7), "truncated"),
                damage("half a header", truncated(WEIGHTS, 900), "truncated"),
                damage("half the weights", truncated(WEIGHTS, 200_000), "truncated"),
                damage("another tensor's name", inHeader("experts.2.w1.weight", "experts.9.w1.weight"),
                        "experts.2.w1.weight is missing"),
                damage("another tensor's bytes", inHeader("\"data_offsets\":[0,", "\"data_offsets\":[2,"),
                        "data_offsets"),
                damage("a type nobody knows", inHeader("\"dtype\":\"BF16\"", "\"dtype\":\"XF16\""), "unknown dtype"),
                damage("more experts than there are", inConfig("\"num_local_experts\": 4", "\"num_local_experts\": 5"),
                        "gate.weight has shape [4, 64]"),
                damage("wider experts", inConfig("\"intermediate_size\": 96", "\"intermediate_size\": 97"),
                        "has shape [96, 64]"),
                damage("a smaller vocabulary", inConfig("\"vocab_size\": 368", "\"vocab_size\": 40"), "vocab_size 40"),
                damage("a larger vocabulary", inConfig("\"vocab_size\": 368", "\"vocab_size\": 369"),
                        "embed_tokens.weight has shape [368, 64]"),
                damage("more experts a token than there are",
                        inConfig("\"num_experts_per_tok\": 2", "\"num_experts_per_tok\": 9"),
                        "num_experts_per_tok must be at most num_local_experts=4"),
                damage("another architecture", inConfig("MixtralForCausalLM", "MambaForCausalLM"),
                        "MambaForCausalLM is not supported; supported are DeepseekV2ForCausalLM"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damages")
    void oneLineSaysWhatIsWrong(String name, Damage damage, String reason) throws IOException {
        Path folder = TinyModel.MIXTRAL_TOP2.unpackInto(temporary);
        damage.to(folder);

        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> LogitsProbe
                        .open(ModelFolder.open(folder), EngineConfig.empty(), List.of(new CpuBackend())).close())
                .satisfies(error -> assertThat(error.code()).isEqualTo(EngineException.Code.INVALID_MODEL))
                .withMessageContaining(reason).withMessageNotContaining("\n");
    }

    private static Arguments damage(String name, Damage damage, String reason) {
        return Arguments.of(name, damage, reason);
    }

    private static Damage truncated(String file, int bytes) {
        return folder -> Files.write(folder.resolve(file),
                Arrays.copyOf(Files.readAllBytes(folder.resolve(file)), bytes));
    }

    private static Damage inConfig(String text, String other) {
        return folder -> replace(folder.resolve("config.json"), text, other);
    }

    /** The header's length stays what it is. */
    private static Damage inHeader(String text, String other) {
        assertThat(other).hasSameSizeAs(text);
        return folder -> replace(folder.resolve(WEIGHTS), text, other);
    }

    private static void replace(Path file, String text, String other) {
        try {
            String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
            assertThat(bytes).contains(text);
            int at = bytes.indexOf(text);
            Files.writeString(file, bytes.substring(0, at) + other + bytes.substring(at + text.length()),
                    StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
