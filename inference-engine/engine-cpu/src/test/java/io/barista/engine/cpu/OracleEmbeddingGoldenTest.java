package io.barista.engine.cpu;

import io.barista.engine.backend.Backend;
import io.barista.engine.testkit.EmbeddingGoldenKit;

/** The oracle is what others are measured by, so it is measured by transformers itself. */
class OracleEmbeddingGoldenTest extends EmbeddingGoldenKit {

    @Override
    protected Backend backend() {
        return CpuBackend.oracle();
    }
}
