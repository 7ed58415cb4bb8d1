package io.barista.engine.cpu;

import io.barista.engine.backend.AdapterShape;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * out += scale·B·(A·x) of each row's own adapter, row by row: rows of one sequence stand side by side, so its adapter is in the cache
 * from the first of them on, and no row's bits depend on who its neighbours are.
 */
final class VectorAdapters extends RowTask {

    /** Products that take as long as one element of what other row tasks do. */
    private static final int PRODUCTS_PER_ELEMENT = 2;

    private final float[][] lanes; // [worker]
    private final float[][] shrunk; // [worker][rank]
    private @Nullable CpuAdapters adapters;
    private int[] slots = {};
    private float[] x = {};
    private float[] out = {};

    VectorAdapters(WorkerPool pool) {
        super(pool);
        lanes = new float[pool.size()][Lanes.COUNT];
        shrunk = new float[pool.size()][0];
    }

    /** @param slots of the rows, -1 where there is nothing to add */
    void add(CpuAdapters adapters, int[] slots, int rows, float[] x, float[] out) {
        AdapterShape shape = adapters.shape();
        this.adapters = adapters;
        this.slots = slots;
        this.x = x;
        this.out = out;
        for (int worker = 0; worker < shrunk.length; worker++) {
            if (shrunk[worker].length < shape.maxRank()) {
                shrunk[worker] = new float[shape.maxRank()];
            }
        }
        int products = shape.maxRank() * (shape.parts() * shape.inputs() + adapters.width());
        share(rows, Math.max(1, products / PRODUCTS_PER_ELEMENT));
    }

    @Override
    void rows(int worker, int from, int to) {
        CpuAdapters matrix = Objects.requireNonNull(adapters);
        for (int row = from; row < to; row++) {
            for (int part = 0; slots[row] >= 0 && part < matrix.parts(); part++) {
                CpuAdapters.Factors factors = matrix.factors(slots[row], part);
                if (factors != null) {
                    add(matrix, factors, part, row, shrunk[worker], lanes[worker]);
                }
            }
        }
    }

    private void add(CpuAdapters matrix, CpuAdapters.Factors factors, int part, int row, float[] t, float[] scratch) {
        int inputs = matrix.inputs();
        LowRankKernel.shrink(factors.a(), factors.rank(), inputs, x, row * inputs, t, scratch);
        for (int r = 0; r < factors.rank(); r++) {
            t[r] *= factors.scale();
        }
        LowRankKernel.expand(factors.b(), factors.rank(), matrix.outputs(part), t, out,
                row * matrix.width() + matrix.firstColumn(part));
    }
}
