package io.barista.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineFlagsTest {

    @Test
    void readsFlagsAsVllmWritesThem() {
        EngineConfig config = parse("--max-model-len", "32k", "--max-num-seqs=64", "--dtype", "bfloat16",
                "--enforce-eager",
                "--no-enable-chunked-prefill", "--kv-cache-memory-bytes", "4G", "--override-generation-config",
                "{\"temperature\": 0.5}", "--max_num_batched_tokens", "8K").config();

        assertThat(config.find(EngineOptions.MAX_MODEL_LEN)).contains(32_000);
        assertThat(config.get(EngineOptions.MAX_NUM_SEQS)).isEqualTo(64);
        assertThat(config.get(EngineOptions.DTYPE)).isEqualTo(DtypeChoice.BFLOAT16);
        assertThat(config.get(EngineOptions.ENFORCE_EAGER)).isTrue();
        assertThat(config.get(EngineOptions.ENABLE_CHUNKED_PREFILL)).isFalse();
        assertThat(config.find(EngineOptions.KV_CACHE_MEMORY_BYTES)).contains(4L << 30);
        assertThat(config.find(EngineOptions.OVERRIDE_GENERATION_CONFIG)).contains(Map.of("temperature", 0.5));
        assertThat(config.get(EngineOptions.MAX_NUM_BATCHED_TOKENS)).isEqualTo(8192);
    }

    @Test
    void givesTheSameKwargsToAnotherProcess() {
        EngineFlags flags = parse("--seed", "7", "--enforce-eager", "--backend=cpu");

        assertThat(flags.kwargs()).containsExactly(entry("seed", "7"), entry("enforce_eager", true),
                entry("backend", "cpu"));
        assertThat(EngineKwargs.parse(flags.kwargs()).asked()).isEqualTo(flags.config().asked());
    }

    @Test
    void takesSeveralValuesWhereVllmDoes() {
        EngineFlags flags = parse("--lora-modules", "sql=adapters/sql", "chat=adapters/chat", "--seed", "7");

        assertThat(flags.kwargs()).containsExactly(
                entry("lora_modules", List.of("sql=adapters/sql", "chat=adapters/chat")), entry("seed", "7"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    --max-modle-len 5      | --max-modle-len: unknown flag, the nearest valid flag is --max-model-len
                    --prot 5               | --prot: unknown flag, the nearest valid flag is --port
                    --served-model-nam x   | --served-model-nam: unknown flag, the nearest valid flag is --served-model-name
                    --max-num-seqs 0       | --max-num-seqs: expected a whole number of at least 1, got "0"
                    --max-num-seqs         | --max-num-seqs: expected a value: a whole number of at least 1
                    --enforce-eager=maybe  | --enforce-eager: expected true or false, got "maybe"
                    --tensor-parallel-size 2 | --tensor-parallel-size: refused: one model on several devices is not built yet; several replicas: deployment_config.num_replicas
                    --trust-remote-code    | --trust-remote-code: refused: code from a model folder is never run
                    --no-max-model-len     | --no-max-model-len: unknown flag, the nearest valid flag is --max-model-len
                    stray                  | stray: unexpected argument, expected a flag
                    """)
    void namesTheFlagThatIsWrong(String line, String message) {
        assertThatThrownBy(() -> parse(line.split(" "))).isInstanceOf(ConfigException.class).hasMessage(message);
    }

    @Test
    void reportsEveryWrongFlag() {
        assertThatThrownBy(() -> parse("--wrong", "1", "--wronger", "--seed", "1")).isInstanceOfSatisfying(
                ConfigException.class, e -> assertThat(e.problems()).hasSize(2));
    }

    private static EngineFlags parse(String... arguments) {
        return EngineFlags.parse(List.of(arguments), List.of("--port", "--host", "--served-model-name"));
    }
}
