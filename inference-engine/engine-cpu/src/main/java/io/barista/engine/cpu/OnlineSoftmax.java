package io.barista.engine.cpu;

import static io.barista.engine.cpu.Lanes.COUNT;

import java.util.Arrays;

/**
 * One worker's rows of attention while it goes over a tile's keys, span by span: queries, scores of one span, and the weighted
 * sum of values so far with its largest score and its sum of weights. Rows are rounded up to what {@link VectorStrip} takes;
 * the surplus ones are zero.
 */
final class OnlineSoftmax {

    private static final float NOTHING = Float.NEGATIVE_INFINITY;

    final float[] queries; // [rows, D], times the scale
    final float[] scores; // [rows, span]: scores, then weights
    final float[] sums; // [rows, D rounded up]
    final int span;
    final int dim;
    private final float[] largest; // [rows]
    private final float[] weights; // [rows]
    private final float[] lanes = new float[COUNT];

    /** @param span columns of scores, a multiple of L */
    OnlineSoftmax(int rows, int headDim, int span) {
        int padded = padded(rows);
        this.span = span;
        this.dim = Lanes.roundUp(headDim);
        queries = new float[padded * headDim];
        scores = new float[padded * span];
        sums = new float[padded * dim];
        largest = new float[padded];
        weights = new float[padded];
    }

    /** Rows with the surplus ones. */
    static int padded(int rows) {
        return Math.ceilDiv(rows, VectorStrip.ROWS) * VectorStrip.ROWS;
    }

    boolean fits(int rows, int headDim, int span) {
        return largest.length >= rows && queries.length / largest.length == headDim && this.span == span;
    }

    /** Begins a tile. @param rowCount of {@link VectorStrip}'s, surplus ones included */
    void reset(int rowCount, int headDim) {
        Arrays.fill(queries, 0, rowCount * headDim, 0);
        Arrays.fill(sums, 0, rowCount * dim, 0);
        Arrays.fill(largest, 0, rowCount, NOTHING);
        Arrays.fill(weights, 0, rowCount, 0);
    }

    void load(int row, float[] qkv, int offset, int headDim, float scale) {
        for (int d = 0; d < headDim; d++) {
            queries[row * headDim + d] = qkv[offset + d] * scale;
        }
    }

    void clearScores(int rowCount) {
        Arrays.fill(scores, 0, rowCount * span, 0);
    }

    /** score = cap · tanh(score / cap), tanh t being 1 - 2 / (e^2t + 1). */
    void softCap(int row, float cap) {
        int from = row * span;
        float factor = 2 / cap;
        for (int i = from; i < from + span; i++) {
            scores[i] *= factor;
        }
        VectorMath.exp(scores, from, span, lanes);
        for (int i = from; i < from + span; i++) {
            scores[i] = cap * (1 - 2 / (scores[i] + 1));
        }
    }

    /** Hides columns {@code from} up to {@code to} of the span from a row. */
    void hide(int row, int from, int to) {
        if (from < to) {
            Arrays.fill(scores, row * span + from, row * span + to, NOTHING);
        }
    }

    /** Turns a row's scores into weights and brings what it has summed up so far to the same scale. */
    void weigh(int row) {
        int from = row * span;
        float before = largest[row];
        float now = Math.max(before, VectorMath.max(scores, from, span, lanes));
        if (now == NOTHING) { // nothing visible yet
            Arrays.fill(scores, from, from + span, 0);
            return;
        }
        if (now > before) {
            rescale(row, VectorMath.exp(before - now, lanes));
            largest[row] = now;
        }

        for (int i = from; i < from + span; i++) {
            scores[i] -= now;
        }
        VectorMath.exp(scores, from, span, lanes);
        weights[row] += VectorMath.sum(scores, from, span, lanes);
    }

    private void rescale(int row, float factor) {
        weights[row] *= factor;
        for (int d = row * dim; d < (row + 1) * dim; d++) {
            sums[d] *= factor;
        }
    }

    /** Writes a row's result. */
    void store(int row, int headDim, float[] out, int offset) {
        float factor = 1 / weights[row];
        for (int d = 0; d < headDim; d++) {
            out[offset + d] = sums[row * dim + d] * factor;
        }
    }
}
