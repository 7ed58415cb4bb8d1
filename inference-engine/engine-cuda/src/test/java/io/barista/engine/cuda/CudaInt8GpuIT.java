package io.barista.engine.cuda;

import io.barista.engine.backend.Backend;
import io.barista.engine.testkit.Int8Kit;
import org.junit.jupiter.api.Tag;

@Tag("gpu")
class CudaInt8GpuIT extends Int8Kit {

    @Override
    protected Backend backend() {
        return new CudaBackend();
    }
}
