package io.barista.engine.cuda;

import io.barista.engine.backend.Backend;
import io.barista.engine.testkit.CompanyKit;
import org.junit.jupiter.api.Tag;

@Tag("gpu")
class CudaCompanyGpuIT extends CompanyKit {

    @Override
    protected Backend backend() {
        return new CudaBackend();
    }

    /** cuBLASLt's algorithm, and with it the order of a sum, is chosen by the number of rows. */
    @Override
    protected int drawsAtTheEdge() {
        return 1;
    }
}
