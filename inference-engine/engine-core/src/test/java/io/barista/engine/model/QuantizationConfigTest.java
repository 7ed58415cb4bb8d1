package io.barista.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.barista.engine.EngineException;
import io.barista.engine.model.quantization.QuantizationConfig;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizationConfigTest {

    @Test
    void aFolderWithoutTheKeyIsNotQuantised() {
        assertThat(QuantizationConfig.read(config("{}"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    {"quant_method":"bitsandbytes"} | quant_method must be one of what is supported: gptq (4 bits), awq
                    {"quant_method":"gptq","bits":3} | bits must be one of what is supported
                    {"quant_method":"gptq","bits":4,"group_size":12} | group_size must be -1 or a multiple of 8, not 12
                    {"quant_method":"gptq","bits":4,"checkpoint_format":"marlin"} | checkpoint_format must be
                    {"quant_method":"awq","bits":4,"version":"gemv"} | version must be
                    {"quant_method":"fp8","fmt":"e5m2"} | fmt must be
                    {"quant_method":"fp8","weight_block_size":[128]} | weight_block_size must be the two sides of a block
                    {"quant_method":"compressed-tensors","format":"pack-quantized"} | config_groups must be
                    {"quant_method":"compressed-tensors","format":"marlin-24","config_groups":{"g":{"weights":{"num_bits":4}}}} | marlin-24 with int of 4 bits
                    {"bits":4} | quant_method is missing
                    """)
    void refusesWhatIsNotSupportedAndSaysWhatIs(String quantization, String message) {
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> QuantizationConfig.read(config("{\"quantization_config\":" + quantization + "}")))
                .withMessageContaining(message).extracting(EngineException::code)
                .isEqualTo(EngineException.Code.INVALID_MODEL);
    }

    private static ConfigFields config(String json) {
        return new ConfigFields("config.json",
                JsonFile.parse(json.getBytes(StandardCharsets.UTF_8), "config.json"));
    }
}
