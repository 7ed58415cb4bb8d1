package io.barista.engine.model;

import static io.barista.engine.model.SafeTensors.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.engine.EngineException;
import io.barista.engine.backend.DType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WeightsTest {

    @TempDir
    private Path folder;

    @Test
    void viewsTensorsOfOneFile() {
        single("{" + tensor("a", "F32", "[2,3]", 0, 24) + "," + tensor("b", "BF16", "[4]", 24, 32)
                + ",\"__metadata__\":{\"format\":\"pt\"}}", 32);
        Weights weights = Weights.open(folder);

        assertThat(weights.require("a", 2, 3).dtype()).isEqualTo(DType.FLOAT32);
        assertThat(weights.require("b", 4).data().byteSize()).isEqualTo(8);
        assertThat(weights.untouched()).isEmpty();
    }

    @Test
    void joinsTheFilesOfAnIndex() throws Exception {
        SafeTensors.write(folder.resolve("x-1.safetensors"), "{" + tensor("a", "F32", "[1]", 0, 4) + "}", 4);
        SafeTensors.write(folder.resolve("x-2.safetensors"), "{" + tensor("b", "F32", "[1]", 0, 4) + "}", 4);
        index("{\"weight_map\":{\"a\":\"x-1.safetensors\",\"b\":\"x-2.safetensors\"}}");

        Weights weights = Weights.open(folder);

        assertThat(weights.require("b", 1).name()).isEqualTo("b");
        assertThat(weights.untouched()).containsExactly("a");
    }

    static Stream<Arguments> brokenHeaders() {
        return Stream.of(
                Arguments.of("{" + tensor("a", "F32", "[2]", 0, 8) + "}", 4, "truncated"),
                Arguments.of("{" + tensor("a", "F32", "[2]", 0, 4) + "}", 4, "does not fit"),
                Arguments.of("{" + tensor("a", "F99", "[1]", 0, 4) + "}", 4, "unknown dtype"),
                Arguments.of("{" + tensor("a", "F32", "[-1]", 0, 4) + "}", 4, "whole numbers"),
                Arguments.of("{" + tensor("a", "F32", "[1.5]", 0, 4) + "}", 4, "whole numbers"),
                Arguments.of("{" + tensor("a", "F32", "3", 0, 4) + "}", 4, "must be a list"),
                Arguments.of("{" + tensor("a", "F32", "[4611686018427387904,4]", 0, 0) + "}", 0, "too large"),
                Arguments.of("{" + tensor("a", "F32", "[1]", 4, 0) + "}", 4, "[begin, end]"),
                Arguments.of("{" + tensor("a", "F32", "[2]", 0, 8) + "," + tensor("b", "F32", "[2]", 4, 12) + "}", 12,
                        "inside another tensor"),
                Arguments.of("{" + tensor("a", "F32", "[1]", 4, 8) + "}", 8, "after a hole"),
                Arguments.of("{" + tensor("a", "F32", "[1]", 0, 4) + "}", 9, "only use 4"),
                Arguments.of("{" + tensor("a", "F32", "[1]", 0, 4) + "," + tensor("a", "F32", "[1]", 0, 4) + "}", 4,
                        "Duplicate"),
                Arguments.of("{\"a\":7}", 0, "unknown dtype"),
                Arguments.of("[]", 0, "must be a JSON object"),
                Arguments.of("{\"a\":", 0, "not valid JSON"));
    }

    @ParameterizedTest
    @MethodSource("brokenHeaders")
    void saysInOneLineWhatIsWrongWithAFile(String header, int dataBytes, String reason) {
        single(header, dataBytes);

        assertInvalid(reason);
    }

    @Test
    void allocatesNothingForAHeaderThatClaimsToBeHuge() {
        byte[] json = "{}".getBytes(StandardCharsets.UTF_8);
        for (long claimed : new long[]{Long.MAX_VALUE, -1, 99_999_999, 3, 0}) {
            SafeTensors.write(folder.resolve("model.safetensors"), claimed, json, 0);

            assertInvalid("header");
        }
    }

    @Test
    void saysWhatAShortFileLacks() throws Exception {
        Files.write(folder.resolve("model.safetensors"), new byte[3]);

        assertInvalid("truncated");
    }

    @Test
    void saysWhatIsMissingFromAFolder() throws Exception {
        assertInvalid("neither model.safetensors nor");
        index("{\"weight_map\":{\"a\":\"x-1.safetensors\"}}");
        assertInvalid("names x-1.safetensors, which is missing");
        SafeTensors.write(folder.resolve("x-1.safetensors"), "{" + tensor("b", "F32", "[1]", 0, 4) + "}", 4);
        assertInvalid("where it is not");
        index("{\"weight_map\":{\"a\":\"../x.safetensors\"}}");
        assertInvalid("not the name of a safetensors file");
        index("{}");
        assertInvalid("weight_map is missing");
    }

    @Test
    void saysWhichWeightDoesNotFitTheConfiguration() {
        single("{" + tensor("a", "F32", "[2,3]", 0, 24) + "," + tensor("b", "I64", "[1]", 24, 32) + "}", 32);
        Weights weights = Weights.open(folder);

        assertThatThrownBy(() -> weights.require("a", 3, 2)).hasMessageContaining("[2, 3]")
                .hasMessageContaining("[3, 2]");
        assertThatThrownBy(() -> weights.require("b", 1)).hasMessageContaining("INT64");
        assertThatThrownBy(() -> weights.require("c", 1)).hasMessageContaining("c is missing");
    }

    @Test
    void survivesEveryDamageToAHeaderWithAnError() {
        byte[] good = ("{" + tensor("a", "F32", "[2,3]", 0, 24) + "," + tensor("b", "BF16", "[4]", 24, 32) + "}")
                .getBytes(StandardCharsets.UTF_8);
        Random random = new Random(1);
        for (int i = 0; i < 400; i++) {
            byte[] bad = good.clone();
            for (int j = 0; j <= random.nextInt(3); j++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            int data = random.nextInt(4) == 0 ? random.nextInt(64) : 32;
            SafeTensors.write(folder.resolve("model.safetensors"),
                    random.nextInt(8) == 0 ? random.nextLong() : bad.length, bad, data);
            try {
                Weights.open(folder);
            } catch (EngineException expected) {
                assertThat(expected.code()).isEqualTo(EngineException.Code.INVALID_MODEL);
                assertThat(expected.getMessage()).as(Arrays.toString(bad)).doesNotContain("\n");
            }
        }
    }

    private void single(String header, int dataBytes) {
        SafeTensors.write(folder.resolve("model.safetensors"), header, dataBytes);
    }

    private void index(String json) throws Exception {
        Files.writeString(folder.resolve("model.safetensors.index.json"), json);
    }

    private void assertInvalid(String reason) {
        assertThatThrownBy(() -> Weights.open(folder)).isInstanceOfSatisfying(EngineException.class, error -> {
            assertThat(error.code()).isEqualTo(EngineException.Code.INVALID_MODEL);
            assertThat(error).hasMessageContaining(reason);
            assertThat(error.getMessage()).doesNotContain("\n");
        });
    }
}
