package io.barista.engine.cuda;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Plans for all matrices of one shape, by the rows they are multiplied with. */
final class MatmulShape implements AutoCloseable {

    private final int outputs;
    private final int inputs;
    private @Nullable MatmulPlan[] plain = {};
    private @Nullable MatmulPlan[] biased = {};
    private @Nullable MatmulPlan[] toFloats = {};

    MatmulShape(int outputs, int inputs) {
        this.outputs = outputs;
        this.inputs = inputs;
    }

    MatmulPlan plan(int rows, Element element, boolean floatOut, boolean hasBias, BlasLibrary library) {
        @Nullable
        MatmulPlan[] plans = withRoom(floatOut ? toFloats : hasBias ? biased : plain, rows);
        if (floatOut) {
            toFloats = plans;
        } else if (hasBias) {
            biased = plans;
        } else {
            plain = plans;
        }
        MatmulPlan plan = plans[rows];
        if (plan == null) {
            plan = library.plan(outputs, inputs, rows, element, floatOut, hasBias);
            plans[rows] = plan;
        }
        return plan;
    }

    private static @Nullable MatmulPlan[] withRoom(@Nullable MatmulPlan[] plans, int rows) {
        return rows < plans.length ? plans : Arrays.copyOf(plans, Math.max(rows + 1, 2 * plans.length));
    }

    @Override
    public void close() {
        for (@Nullable
        MatmulPlan[] plans : Arrays.asList(plain, biased, toFloats)) {
            for (MatmulPlan plan : plans) {
                if (plan != null) {
                    plan.close();
                }
            }
        }
    }
}
