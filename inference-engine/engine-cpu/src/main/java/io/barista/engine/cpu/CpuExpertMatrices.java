package io.barista.engine.cpu;

import io.barista.engine.backend.ExpertMatrices;
import io.barista.engine.backend.Matrix;
import java.util.List;

/** Each expert's matrix packed like any other. */
record CpuExpertMatrices(String name, List<Matrix> matrices) implements ExpertMatrices {

    CpuExpertMatrices {
        if (matrices.isEmpty()) {
            throw new IllegalArgumentException(name + " has no experts");
        }
        Matrix first = matrices.getFirst();
        for (Matrix matrix : matrices) {
            if (matrix.outputs() != first.outputs() || matrix.inputs() != first.inputs()) {
                throw new IllegalArgumentException("%s: %s is [%d, %d], %s is [%d, %d]".formatted(name, matrix.name(),
                        matrix.outputs(), matrix.inputs(), first.name(), first.outputs(), first.inputs()));
            }
        }
    }

    @Override
    public int experts() {
        return matrices.size();
    }

    @Override
    public int outputs() {
        return matrices.getFirst().outputs();
    }

    @Override
    public int inputs() {
        return matrices.getFirst().inputs();
    }
}
