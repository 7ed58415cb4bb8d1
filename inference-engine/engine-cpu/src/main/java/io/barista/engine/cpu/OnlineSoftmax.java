package io.barista.engine.cpu;

import static io.barista.engine.cpu.Lanes.COUNT;
import static io.barista.engine.cpu.Lanes.FLOATS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

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
        int padded = Math.ceilDiv(rows, VectorStrip.ROWS) * VectorStrip.ROWS;
        this.span = span;
        this.dim = Lanes.roundUp(headDim);
        queries = new float[padded * headDim];
        scores = new float[padded * span];
        sums = new float[padded * dim];
        largest = new float[padded];
        weights = new float[padded];
    }

    boolean fits(int rows, int headDim, int span) {
        return largest.length >= rows && queries.length / largest.length == headDim && this.span == span;
    }

    void reset() {
        Arrays.fill(queries, 0);
        Arrays.fill(sums, 0);
        Arrays.fill(largest, NOTHING);
        Arrays.fill(weights, 0);
    }

    void load(int row, float[] qkv, int offset, int headDim, float scale) {
        for (int d = 0; d < headDim; d++) {
            queries[row * headDim + d] = qkv[offset + d] * scale;
        }
    }

    void clearScores() {
        Arrays.fill(scores, 0);
    }

    void softCap(int row, float cap) {
        for (int i = row * span; i < (row + 1) * span; i += COUNT) {
            FloatVector score = FloatVector.fromArray(FLOATS, scores, i);
            VectorMath.tanh(score.div(cap)).mul(cap).intoArray(scores, i);
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
        FloatVector max = FloatVector.fromArray(FLOATS, scores, from);
        for (int i = COUNT; i < span; i += COUNT) {
            max = max.max(FloatVector.fromArray(FLOATS, scores, from + i));
        }
        float before = largest[row];
        float now = Math.max(before, max.reduceLanes(VectorOperators.MAX));
        if (now == NOTHING) { // nothing visible yet
            Arrays.fill(scores, from, from + span, 0);
            return;
        }
        if (now > before) {
            rescale(row, VectorMath.exp(FloatVector.broadcast(FLOATS, before - now)).lane(0));
            largest[row] = now;
        }

        FloatVector total = FloatVector.zero(FLOATS);
        for (int i = 0; i < span; i += COUNT) {
            FloatVector weight = VectorMath.exp(FloatVector.fromArray(FLOATS, scores, from + i).sub(now));
            weight.intoArray(scores, from + i);
            total = total.add(weight);
        }
        weights[row] += VectorMath.sum(total, lanes);
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
