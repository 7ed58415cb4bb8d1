package io.barista.engine.cuda;

import io.barista.engine.backend.Backend;
import io.barista.engine.testkit.GoldenKit;
import io.barista.engine.testkit.TinyModel;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;

@Tag("gpu")
class CudaGoldenGpuIT extends GoldenKit {

    @Override
    protected Backend backend() {
        return new CudaBackend();
    }

    /** Quantised weights, mixtures of experts and latent attention have no kernels here yet. */
    @Override
    protected Set<TinyModel> refused() {
        return EnumSet.of(TinyModel.MIXTRAL_TOP2, TinyModel.QWEN2_MOE_SHARED_EXPERT, TinyModel.QWEN3_MOE,
                TinyModel.DEEPSEEK_V2_LITE, TinyModel.DEEPSEEK_V2_GROUPS,
                TinyModel.DEEPSEEK_V3_MLA_MOE, TinyModel.LLAMA_GPTQ_INT4, TinyModel.LLAMA_GPTQ_ACTORDER,
                TinyModel.LLAMA_AWQ_INT4, TinyModel.LLAMA_COMPRESSED_INT4, TinyModel.LLAMA_COMPRESSED_FP8,
                TinyModel.LLAMA_FP8_BLOCK);
    }
}
