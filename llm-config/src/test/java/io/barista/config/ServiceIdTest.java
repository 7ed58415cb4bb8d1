package io.barista.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceIdTest {

    @ParameterizedTest
    @CsvSource({"barista-demo, barista-demo", "meta-llama/Llama-3.1-8B, meta-llama-llama-3-1-8b", "A__b, a-b", "日本, -"})
    void isTheModelIdInLowerCaseLettersDigitsAndDashes(String modelId, String serviceId) {
        assertThat(ServiceId.of(modelId).value()).isEqualTo(serviceId);
    }
}
