package io.barista.engine.cpu;

import io.barista.engine.backend.Backend;
import io.barista.engine.testkit.CompanyKit;

/** The scheduler, the cache and the sampler alone: the oracle computes each row by itself, whatever is in the batch. */
class OracleCompanyTest extends CompanyKit {

    @Override
    protected Backend backend() {
        return CpuBackend.oracle();
    }
}
