package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.EngineException;
import io.barista.engine.EngineObserver;
import io.barista.engine.LlmEngine;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.testkit.Generation;
import io.barista.engine.testkit.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sizes are worked out and not tried out, so they are compared with what is in use once everything has run. */
@Tag("gpu")
class CudaMemoryGpuIT {

    private static final double SHARE = 0.3;

    @TempDir
    Path temporary;

    /** The largest prompts, the largest batches, every size of recorded step up to 64, drawn tokens and log-probabilities. */
    @ParameterizedTest
    @EnumSource(value = TinyModel.class, names = {"LLAMA_GQA_LLAMA3ROPE", "MIXTRAL_TOP2", "DEEPSEEK_V3_MLA_MOE",
        "LLAMA_GPTQ_ACTORDER"})
    void whatRunsStaysWithinTheShareThatWasAskedFor(TinyModel model) {
        Device device = Device.open(0);
        Driver.Memory before = Driver.memory();
        long share = (long) (before.total() * SHARE);
        EngineConfig config = EngineConfig.empty().with(EngineOptions.GPU_MEMORY_UTILIZATION, SHARE)
                .with(EngineOptions.MAX_NUM_BATCHED_TOKENS, 8_192).with(EngineOptions.MAX_NUM_SEQS, 64);
        try (LlmEngine engine = start(model, config)) {
            int longest = engine.config().maxModelLen() - 72;
            List<Generation> generations = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                int[] prompt = new int[Math.min(longest, 300)];
                java.util.Arrays.fill(prompt, 5 + i);
                generations.add(Generation.greedy(engine, "request-" + i, prompt, 1 + i, true));
            }
            generations.forEach(Generation::await);

            Driver.Memory now = Driver.memory();
            assertThat(now.total() - now.free()).isLessThanOrEqualTo(share)
                    .as("of a share that is used, not left alone").isGreaterThan(share - 2 * MemoryBudget.RESERVE);
        }
        device.close();
    }

    @ParameterizedTest
    @EnumSource(value = TinyModel.class, names = "LLAMA_GQA_LLAMA3ROPE")
    void aShareThatIsTooSmallIsRefusedWithWhatIsMissing(TinyModel model) {
        EngineConfig config = EngineConfig.empty().with(EngineOptions.GPU_MEMORY_UTILIZATION, 0.001);

        assertThatThrownBy(() -> start(model, config).close()).isInstanceOf(EngineException.class)
                .hasMessageContaining("MiB are missing; raise gpu_memory_utilization (now 0.001)");
    }

    private LlmEngine start(TinyModel model, EngineConfig config) {
        return LlmEngine.start(ModelFolder.open(model.unpackInto(temporary)), config, List.of(new CudaBackend()),
                EngineObserver.NONE);
    }
}
