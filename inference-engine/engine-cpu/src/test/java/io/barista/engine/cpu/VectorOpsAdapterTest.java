package io.barista.engine.cpu;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.testkit.AdapterParityKit;

class VectorOpsAdapterTest extends AdapterParityKit {

    @Override
    protected TensorOps openOracle() {
        return new ScalarOps(DType.FLOAT32);
    }

    @Override
    protected TensorOps openCandidate() {
        return new VectorOps(DType.FLOAT32, 3);
    }
}
