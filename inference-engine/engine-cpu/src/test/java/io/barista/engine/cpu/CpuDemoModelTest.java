package io.barista.engine.cpu;

import io.barista.engine.backend.Backend;
import io.barista.engine.testkit.DemoModelKit;

class CpuDemoModelTest extends DemoModelKit {

    @Override
    protected Backend backend() {
        return new CpuBackend();
    }
}
