package io.barista.engine.cpu;

import io.barista.engine.backend.Backend;
import io.barista.engine.testkit.AdapterGoldenKit;

class CpuAdapterGoldenTest extends AdapterGoldenKit {

    @Override
    protected Backend backend() {
        return new CpuBackend();
    }
}
