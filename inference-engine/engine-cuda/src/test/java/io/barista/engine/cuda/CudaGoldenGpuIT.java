package io.barista.engine.cuda;

import io.barista.engine.backend.Backend;
import io.barista.engine.testkit.GoldenKit;
import org.junit.jupiter.api.Tag;

@Tag("gpu")
class CudaGoldenGpuIT extends GoldenKit {

    @Override
    protected Backend backend() {
        return new CudaBackend();
    }
}
