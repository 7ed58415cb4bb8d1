package io.barista.engine;

import static io.barista.config.EngineOptions.ENABLE_CHUNKED_PREFILL;
import static io.barista.config.EngineOptions.GPU_MEMORY_UTILIZATION;
import static io.barista.config.EngineOptions.MAX_MODEL_LEN;
import static io.barista.config.EngineOptions.MAX_NUM_BATCHED_TOKENS;
import static io.barista.config.EngineOptions.MAX_NUM_SEQS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.config.EngineConfig;
import io.barista.engine.backend.Backend;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.TensorOps;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigResolverTest {

    private static final long FREE = 8L << 30;

    @Test
    void aCpuGetsSmallStepsUnlessAskedOtherwise() {
        ResolvedEngineConfig config = resolve(EngineConfig.empty());

        assertThat(config.maxModelLen()).isEqualTo(2048);
        assertThat(config.maxNumSeqs()).isEqualTo(64);
        assertThat(config.maxNumBatchedTokens()).isEqualTo(512);
        assertThat(config.kvBlocks()).isEqualTo(16 * 2048 / 16);
        assertThat(config.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(config.asMap()).containsEntry("max_model_len", 2048).containsEntry("backend", "cpu");
    }

    @Test
    void whatIsAskedForIsWhatRuns() {
        ResolvedEngineConfig config = resolve(EngineConfig.empty().with(MAX_NUM_SEQS, 300)
                .with(MAX_NUM_BATCHED_TOKENS, 4_000).with(MAX_MODEL_LEN, 100));

        assertThat(config.maxNumSeqs()).isEqualTo(300);
        assertThat(config.maxNumBatchedTokens()).isEqualTo(4_000);
        assertThat(config.maxModelLen()).isEqualTo(100);
    }

    @Test
    void aStepHoldsAWholePromptWhenPromptsMayNotBeCut() {
        assertThat(resolve(EngineConfig.empty().with(ENABLE_CHUNKED_PREFILL, false)).maxNumBatchedTokens())
                .isEqualTo(2048);
        assertThatThrownBy(() -> resolve(
                EngineConfig.empty().with(ENABLE_CHUNKED_PREFILL, false).with(MAX_NUM_BATCHED_TOKENS, 100)))
                .isInstanceOf(EngineException.class).hasMessageContaining("enable_chunked_prefill");
    }

    @Test
    void refusesNumbersThatCannotRun() {
        assertThatThrownBy(() -> resolve(EngineConfig.empty().with(MAX_MODEL_LEN, 2049)))
                .hasMessageContaining("max_model_len").hasMessageContaining("2048");
        assertThatThrownBy(() -> resolve(EngineConfig.empty().with(MAX_NUM_SEQS, 8).with(MAX_NUM_BATCHED_TOKENS, 7)))
                .hasMessageContaining("max_num_batched_tokens");
    }

    @Test
    void fewerSequencesRunWhenOnlyASmallBudgetWasAskedFor() {
        assertThat(resolve(EngineConfig.empty().with(MAX_NUM_BATCHED_TOKENS, 7)).maxNumSeqs()).isEqualTo(7);
    }

    @Test
    void listsKeysWithoutEffectWithTheReason() {
        assertThat(resolve(EngineConfig.empty().with(GPU_MEMORY_UTILIZATION, 0.5)).ignored())
                .containsOnlyKeys("gpu_memory_utilization");
    }

    private static ResolvedEngineConfig resolve(EngineConfig asked) {
        return new ConfigResolver(TestEngine.FOLDER, asked, new BackendSelection(new Cpu(), Map.of(), List.of()))
                .resolve(ops(),
                        DType.BFLOAT16);
    }

    /** A device that has memory and computes nothing. */
    private static TensorOps ops() {
        return (TensorOps) Proxy.newProxyInstance(TensorOps.class.getClassLoader(), new Class<?>[]{TensorOps.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "activationType", "kvCacheType" -> DType.FLOAT32;
                    case "kvBlockBytes" -> InvocationHandler.invokeDefault(proxy, method, arguments);
                    case "freeBytes" -> FREE;
                    default -> throw new AssertionError(method.getName() + " is not for configuration");
                });
    }

    private record Cpu() implements Backend {

        @Override
        public String name() {
            return "cpu";
        }

        @Override
        public Optional<String> refusal() {
            return Optional.empty();
        }

        @Override
        public TensorOps open(Options options) {
            return ops();
        }
    }
}
