package io.barista.engine.cuda;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** All matrices of one shape: how each kind of product with them is computed, by the rows they are multiplied with. */
final class MatmulShape implements AutoCloseable {

    private final int outputs;
    private final int inputs;
    private final @Nullable MatmulPlan[][] plans = new MatmulPlan[MatmulKind.values().length][0];

    MatmulShape(int outputs, int inputs) {
        this.outputs = outputs;
        this.inputs = inputs;
    }

    int outputs() {
        return outputs;
    }

    int inputs() {
        return inputs;
    }

    /** Null where there is none yet. */
    @Nullable
    MatmulPlan plan(MatmulKind kind, int rows) {
        @Nullable
        MatmulPlan[] ofKind = plans[kind.ordinal()];
        return rows < ofKind.length ? ofKind[rows] : null;
    }

    /** Keeps a plan for such products from now on. */
    void keep(MatmulKind kind, int rows, MatmulPlan plan) {
        @Nullable
        MatmulPlan[] ofKind = plans[kind.ordinal()];
        if (rows >= ofKind.length) {
            ofKind = Arrays.copyOf(ofKind, Math.max(rows + 1, 2 * ofKind.length));
            plans[kind.ordinal()] = ofKind;
        }
        ofKind[rows] = plan;
    }

    @Override
    public void close() {
        for (@Nullable
        MatmulPlan[] ofKind : plans) {
            for (MatmulPlan plan : ofKind) {
                if (plan != null) {
                    plan.close();
                }
            }
        }
    }
}
