package io.barista.engine.cuda;

import io.barista.engine.backend.Backend;
import io.barista.engine.testkit.AdapterGoldenKit;
import org.junit.jupiter.api.Tag;

@Tag("gpu")
class CudaAdapterGoldenGpuIT extends AdapterGoldenKit {

    @Override
    protected Backend backend() {
        return new CudaBackend();
    }
}
