package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.config.KvCacheChoice;
import io.barista.engine.LogitsProbe;
import io.barista.engine.backend.Backend;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.testkit.Distance;
import io.barista.engine.testkit.GoldenKit;
import io.barista.engine.testkit.ModelGolden;
import io.barista.engine.testkit.TinyModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("gpu")
class CudaGoldenGpuIT extends GoldenKit {

    @TempDir
    Path folder;

    @Override
    protected Backend backend() {
        return new CudaBackend();
    }

    /** Three bits of mantissa for each key and value; the rest stays in what the model is computed in. */
    @ParameterizedTest
    @EnumSource(value = TinyModel.class, names = {"LLAMA_GQA_LLAMA3ROPE", "QWEN3_QKNORM", "MISTRAL_SLIDING",
        "GEMMA2_SOFTCAP", "MIXTRAL_TOP2", "LLAMA_BIASES_YARN"})
    void aCacheInEightBitsLosesLittle(TinyModel model) {
        EngineConfig config = EngineConfig.empty().with(EngineOptions.KV_CACHE_DTYPE, KvCacheChoice.FP8)
                .with(EngineOptions.NUM_GPU_BLOCKS_OVERRIDE, 2_048);
        try (LogitsProbe probe = LogitsProbe.open(ModelFolder.open(model.unpackInto(folder)), config,
                List.of(backend()))) {
            for (ModelGolden.Prompt prompt : model.golden().prompts()) {
                float[] logits = probe.run(prompt.ids(), 1).lastLogits();
                assertThat(Distance.cosine(logits, prompt.last().logits())).isGreaterThanOrEqualTo(0.99);
            }
        }
    }
}
