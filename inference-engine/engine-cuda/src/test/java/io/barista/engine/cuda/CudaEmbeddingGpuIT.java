package io.barista.engine.cuda;

import io.barista.engine.backend.Backend;
import io.barista.engine.testkit.EmbeddingGoldenKit;
import org.junit.jupiter.api.Tag;

@Tag("gpu")
class CudaEmbeddingGpuIT extends EmbeddingGoldenKit {

    @Override
    protected Backend backend() {
        return new CudaBackend();
    }
}
