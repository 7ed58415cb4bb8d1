package io.barista.engine.cpu;

import io.barista.engine.backend.Backend;
import io.barista.engine.testkit.CompanyKit;

class CpuCompanyTest extends CompanyKit {

    @Override
    protected Backend backend() {
        return new CpuBackend();
    }
}
