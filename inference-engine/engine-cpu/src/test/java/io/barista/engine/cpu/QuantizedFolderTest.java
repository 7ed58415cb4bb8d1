package io.barista.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.config.QuantizationChoice;
import io.barista.engine.EngineException;
import io.barista.engine.LogitsProbe;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.testkit.TinyModel;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizedFolderTest {

    @TempDir
    private Path temporary;

    @ParameterizedTest
    @CsvSource({"LLAMA_GPTQ_INT4, model.layers.1.mlp.up_proj.scales",
        "LLAMA_AWQ_INT4, model.layers.0.self_attn.q_proj.scales",
        "LLAMA_COMPRESSED_FP8, model.layers.0.self_attn.v_proj.weight_scale",
        "LLAMA_FP8_BLOCK, model.layers.1.mlp.down_proj.weight_scale_inv"})
    void aScaleThatIsNoNumberIsAnErrorThatNamesIt(TinyModel model, String tensor) throws IOException {
        Path folder = model.unpackInto(temporary);
        overwrite(folder.resolve("model.safetensors"), tensor);

        assertThatExceptionOfType(EngineException.class).isThrownBy(() -> open(folder, QuantizationChoice.AUTO))
                .withMessageContaining(tensor).withMessageContaining("NaN")
                .extracting(EngineException::code).isEqualTo(EngineException.Code.INVALID_MODEL);
    }

    @ParameterizedTest
    @CsvSource({"LLAMA_GPTQ_INT4, AWQ, says gptq", "LLAMA_AWQ_INT4, INT8, are awq already",
        "LLAMA_SHARDED, GPTQ, says nothing", "LLAMA_SHARDED, FP8, says nothing"})
    void askingForWhatTheFolderDoesNotHoldIsAnError(TinyModel model, QuantizationChoice asked, String message) {
        Path folder = model.unpackInto(temporary);

        assertThatExceptionOfType(EngineException.class).isThrownBy(() -> open(folder, asked))
                .withMessageContaining(message).extracting(EngineException::code)
                .isEqualTo(EngineException.Code.INVALID_CONFIG);
    }

    @Test
    void askingForWhatTheFolderHoldsIsNoMistake() {
        assertThat(open(TinyModel.LLAMA_FP8_BLOCK.unpackInto(temporary), QuantizationChoice.FP8)).isNotNull();
    }

    private static int[] open(Path folder, QuantizationChoice quantization) {
        EngineConfig config = EngineConfig.empty().with(EngineOptions.QUANTIZATION, quantization);
        try (LogitsProbe probe = LogitsProbe.open(ModelFolder.open(folder), config, List.of(new CpuBackend()))) {
            return probe.run(new int[]{1, 2, 3}, 1).greedy();
        }
    }

    /** Fills a tensor with bytes that are NaN in float32, float16 and bfloat16 alike. */
    private static void overwrite(Path file, String tensor) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int header = bytes[0] & 0xff | (bytes[1] & 0xff) << 8 | (bytes[2] & 0xff) << 16;
        Matcher offsets = Pattern.compile("\"" + Pattern.quote(tensor) + "\":\\{[^}]*\"data_offsets\":\\[(\\d+),")
                .matcher(new String(bytes, 8, header, StandardCharsets.UTF_8));
        assertThat(offsets.find()).isTrue();
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(8 + header + Long.parseLong(offsets.group(1)));
            open.write(new byte[]{-1, -1, -1, -1});
        }
    }
}
