package io.barista.engine.cpu;

import io.barista.engine.backend.Backend;
import io.barista.engine.testkit.GoldenKit;

class CpuGoldenTest extends GoldenKit {

    @Override
    protected Backend backend() {
        return new CpuBackend();
    }
}
