package io.barista.engine.cuda;

import io.barista.engine.backend.ExpertMatrices;

/** A matrix for each expert, in one piece of memory. */
record CudaExperts(String name, PackedWeights packed) implements ExpertMatrices {

    @Override
    public int experts() {
        return packed.count();
    }

    @Override
    public int outputs() {
        return packed.outputs();
    }

    @Override
    public int inputs() {
        return packed.inputs();
    }
}
