package io.barista.engine.cuda;

import io.barista.engine.backend.Backend;
import io.barista.engine.testkit.DemoModelKit;
import org.junit.jupiter.api.Tag;

@Tag("gpu")
class CudaDemoModelGpuIT extends DemoModelKit {

    @Override
    protected Backend backend() {
        return new CudaBackend();
    }
}
