package io.barista.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EngineOptionsTest {

    @ParameterizedTest
    @MethodSource("all")
    void everyOptionHasANameADescriptionAndAReason(EngineOption<?> option) {
        assertThat(option.key()).matches("[a-z0-9]+(_[a-z0-9]+)*");
        assertThat(option.description()).endsWith(".").doesNotContain("|", "\n");
        assertThat(option.type().describe()).isNotBlank();
        String reason = switch (option.effect()) {
            case Effect.Honoured() -> "none";
            case Effect.IgnoredOnCpu(String because) -> because;
            case Effect.Ignored(String because) -> because;
            case Effect.Refused(_, String because) -> because;
        };
        assertThat(reason).isNotBlank();
    }

    @ParameterizedTest
    @MethodSource("all")
    void aSwapOfTwoNeighboursStillFindsTheOption(EngineOption<?> option) {
        String key = option.key();
        int middle = key.length() / 2;
        String typed = key.substring(0, middle - 1) + key.charAt(middle) + key.charAt(middle - 1)
                + key.substring(middle + 1);

        assertThat(Nearest.to(typed, all().stream().map(EngineOption::key).toList())).isEqualTo(key);
    }

    @Test
    void theHarmlessValueOfARefusedOptionIsAccepted() {
        Map<String, Object> harmless = all().stream()
                .filter(option -> option.effect() instanceof Effect.Refused(Object value, _) && value != null)
                .collect(Collectors.toMap(EngineOption::key,
                        option -> ((Effect.Refused) option.effect()).harmlessValue()));

        assertThat(harmless).containsEntry("tensor_parallel_size", 1).containsEntry("trust_remote_code", false)
                .containsEntry("enable_prompt_adapter", false);
        assertThat(EngineKwargs.parse(harmless).asked()).hasSameSizeAs(harmless);
    }

    @ParameterizedTest
    @CsvSource({"32k, 32000", "32K, 32768", "1m, 1000000", "1M, 1048576", "25.6k, 25600", "4096, 4096", "'4_096', 4096",
        "auto, -1", "-1, -1"})
    void lengthsTakeVllmsUnits(String text, int length) {
        assertThat(EngineKwargs.parse(Map.of("max_model_len", text)).find(EngineOptions.MAX_MODEL_LEN))
                .contains(length);
    }

    @Test
    void keysMayHaveDashes() {
        assertThat(EngineKwargs.parse(Map.of("max-num-seqs", 3)).get(EngineOptions.MAX_NUM_SEQS)).isEqualTo(3);
    }

    @Test
    void nullAsksForNothing() {
        assertThat(
                Yaml.of("{model_loading_config: {model_id: a}, engine_kwargs: {quantization: null, max_model_len: ~}}")
                        .parseOne().engine().asked())
                .isEmpty();
    }

    static List<EngineOption<?>> all() {
        return EngineOptions.all();
    }
}
