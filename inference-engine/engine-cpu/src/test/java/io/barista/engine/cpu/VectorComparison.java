package io.barista.engine.cpu;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.testkit.Comparison;

/** The fast backend and the scalar oracle, which round alike: they differ only where a sum falls between two neighbours. */
enum VectorComparison implements Comparison {

    IN_FLOAT32(DType.FLOAT32, 3), IN_BFLOAT16(DType.BFLOAT16, 2);

    private final DType dtype;
    private final int threads;

    VectorComparison(DType dtype, int threads) {
        this.dtype = dtype;
        this.threads = threads;
    }

    @Override
    public TensorOps openOracle() {
        return new ScalarOps(dtype);
    }

    @Override
    public TensorOps openCandidate() {
        return new VectorOps(dtype, threads);
    }
}
