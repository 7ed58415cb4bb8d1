package io.barista.engine.cpu;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.testkit.AdapterParityKit;

/** Both round where a bfloat16 device does, so they differ only where a sum falls between two neighbours. */
class VectorOpsBfloat16AdapterTest extends AdapterParityKit {

    @Override
    protected TensorOps openOracle() {
        return new ScalarOps(DType.BFLOAT16);
    }

    @Override
    protected TensorOps openCandidate() {
        return new VectorOps(DType.BFLOAT16, 2);
    }
}
