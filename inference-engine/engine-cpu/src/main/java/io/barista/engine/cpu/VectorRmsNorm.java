package io.barista.engine.cpu;

/** Root mean square normalisation of rows, after adding another array to them or not. */
final class VectorRmsNorm extends RowTask {

    private final float[][] lanes;
    private float[] x = {};
    private float[] weight = {};
    private float[] out = {};
    private float eps;
    private int columns;

    VectorRmsNorm(WorkerPool pool) {
        super(pool);
        lanes = new float[pool.size()][Lanes.COUNT];
    }

    void normalize(float[] x, float[] weight, float eps, int rows, int columns, float[] out) {
        this.x = x;
        this.weight = weight;
        this.eps = eps;
        this.columns = columns;
        this.out = out;
        share(rows, columns);
    }

    @Override
    void rows(int worker, int from, int to) {
        for (int row = from; row < to; row++) {
            normalize(x, row * columns, weight, eps, columns, out, lanes[worker]);
        }
    }

    /** One row, at the same offset of {@code x} and {@code out}. */
    static void normalize(float[] x, int offset, float[] weight, float eps, int columns, float[] out, float[] lanes) {
        float squares = VectorMath.sumOfSquares(x, offset, columns, lanes);
        float factor = (float) (1 / Math.sqrt((double) squares / columns + eps));
        for (int i = 0; i < columns; i++) {
            out[offset + i] = x[offset + i] * factor * weight[i];
        }
    }
}
