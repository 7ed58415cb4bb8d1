package io.barista.engine.cpu;

import io.barista.engine.backend.Backend;
import io.barista.engine.testkit.Int8Kit;

class CpuInt8Test extends Int8Kit {

    @Override
    protected Backend backend() {
        return new CpuBackend();
    }
}
