package io.barista.engine.cpu;

import io.barista.engine.backend.Backend;
import io.barista.engine.testkit.GoldenKit;

/** The oracle is what others are measured by, so it is measured by transformers itself. */
class OracleGoldenTest extends GoldenKit {

    @Override
    protected Backend backend() {
        return CpuBackend.oracle();
    }
}
