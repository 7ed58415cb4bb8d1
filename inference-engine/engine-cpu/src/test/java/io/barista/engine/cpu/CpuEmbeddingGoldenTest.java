package io.barista.engine.cpu;

import io.barista.engine.backend.Backend;
import io.barista.engine.testkit.EmbeddingGoldenKit;

class CpuEmbeddingGoldenTest extends EmbeddingGoldenKit {

    @Override
    protected Backend backend() {
        return new CpuBackend();
    }
}
