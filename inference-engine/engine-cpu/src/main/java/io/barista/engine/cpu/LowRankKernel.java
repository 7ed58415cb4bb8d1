package io.barista.engine.cpu;

import static io.barista.engine.cpu.Lanes.COUNT;
import static io.barista.engine.cpu.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/** The two halves of a low-rank addition to one row. */
final class LowRankKernel {

    private LowRankKernel() {}

    /**
     * t[r] = a[r] · x, for every r below {@code rank}; four at a time, two sums each, which keeps both multipliers busy.
     *
     * @param a     [rank, inputs]
     * @param lanes room for one vector
     */
    static void shrink(float[] a, int rank, int inputs, float[] x, int from, float[] t, float[] lanes) {
        for (int r = 0; r < rank; r += 4) {
            // Rows past the last are the last once more.
            int r1 = Math.min(r + 1, rank - 1);
            int r2 = Math.min(r + 2, rank - 1);
            int r3 = Math.min(r + 3, rank - 1);
            shrink4(a, r * inputs, r1 * inputs, r2 * inputs, r3 * inputs, inputs, x, from, t, r, r1, r2, r3, lanes);
        }
    }

    private static void shrink4(float[] a, int a0, int a1, int a2, int a3, int inputs, float[] x, int from, float[] t,
            int r0, int r1, int r2, int r3, float[] lanes) {
        FloatVector even0 = FloatVector.zero(FLOATS);
        FloatVector even1 = even0;
        FloatVector even2 = even0;
        FloatVector even3 = even0;
        FloatVector odd0 = even0;
        FloatVector odd1 = even0;
        FloatVector odd2 = even0;
        FloatVector odd3 = even0;
        int whole = inputs / (2 * COUNT) * (2 * COUNT);
        for (int i = 0; i < whole; i += 2 * COUNT) {
            FloatVector even = FloatVector.fromArray(FLOATS, x, from + i);
            even0 = even.fma(FloatVector.fromArray(FLOATS, a, a0 + i), even0);
            even1 = even.fma(FloatVector.fromArray(FLOATS, a, a1 + i), even1);
            even2 = even.fma(FloatVector.fromArray(FLOATS, a, a2 + i), even2);
            even3 = even.fma(FloatVector.fromArray(FLOATS, a, a3 + i), even3);
            FloatVector odd = FloatVector.fromArray(FLOATS, x, from + i + COUNT);
            odd0 = odd.fma(FloatVector.fromArray(FLOATS, a, a0 + i + COUNT), odd0);
            odd1 = odd.fma(FloatVector.fromArray(FLOATS, a, a1 + i + COUNT), odd1);
            odd2 = odd.fma(FloatVector.fromArray(FLOATS, a, a2 + i + COUNT), odd2);
            odd3 = odd.fma(FloatVector.fromArray(FLOATS, a, a3 + i + COUNT), odd3);
        }
        t[r0] = sum(even0.add(odd0), lanes) + tail(a, a0, x, from, whole, inputs);
        t[r1] = sum(even1.add(odd1), lanes) + tail(a, a1, x, from, whole, inputs);
        t[r2] = sum(even2.add(odd2), lanes) + tail(a, a2, x, from, whole, inputs);
        t[r3] = sum(even3.add(odd3), lanes) + tail(a, a3, x, from, whole, inputs);
    }

    private static float sum(FloatVector sums, float[] lanes) {
        sums.intoArray(lanes, 0);
        float total = 0;
        for (int lane = 0; lane < COUNT; lane++) {
            total += lanes[lane];
        }
        return total;
    }

    private static float tail(float[] a, int row, float[] x, int from, int begin, int end) {
        float total = 0;
        for (int i = begin; i < end; i++) {
            total = Math.fma(a[row + i], x[from + i], total);
        }
        return total;
    }

    /**
     * out[o] += Σ t[r] · b[r][o].
     *
     * @param b [rank, outputs]
     */
    static void expand(float[] b, int rank, int outputs, float[] t, float[] out, int to) {
        int wide = outputs / (4 * COUNT) * (4 * COUNT);
        for (int o = 0; o < wide; o += 4 * COUNT) {
            expand4(b, rank, outputs, o, t, out, to + o);
        }
        int whole = outputs / COUNT * COUNT;
        for (int o = wide; o < whole; o += COUNT) {
            expand1(b, rank, outputs, o, t, out, to + o);
        }
        for (int o = whole; o < outputs; o++) {
            float sum = 0;
            for (int r = 0; r < rank; r++) {
                sum = Math.fma(t[r], b[r * outputs + o], sum);
            }
            out[to + o] += sum;
        }
    }

    private static void expand4(float[] b, int rank, int outputs, int column, float[] t, float[] out, int to) {
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        for (int r = 0; r < rank; r++) {
            FloatVector factor = FloatVector.broadcast(FLOATS, t[r]);
            int at = r * outputs + column;
            sum0 = factor.fma(FloatVector.fromArray(FLOATS, b, at), sum0);
            sum1 = factor.fma(FloatVector.fromArray(FLOATS, b, at + COUNT), sum1);
            sum2 = factor.fma(FloatVector.fromArray(FLOATS, b, at + 2 * COUNT), sum2);
            sum3 = factor.fma(FloatVector.fromArray(FLOATS, b, at + 3 * COUNT), sum3);
        }
        sum0.add(FloatVector.fromArray(FLOATS, out, to)).intoArray(out, to);
        sum1.add(FloatVector.fromArray(FLOATS, out, to + COUNT)).intoArray(out, to + COUNT);
        sum2.add(FloatVector.fromArray(FLOATS, out, to + 2 * COUNT)).intoArray(out, to + 2 * COUNT);
        sum3.add(FloatVector.fromArray(FLOATS, out, to + 3 * COUNT)).intoArray(out, to + 3 * COUNT);
    }

    private static void expand1(float[] b, int rank, int outputs, int column, float[] t, float[] out, int to) {
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int r = 0; r < rank; r++) {
            sum = FloatVector.fromArray(FLOATS, b, r * outputs + column)
                    .fma(FloatVector.broadcast(FLOATS, t[r]), sum);
        }
        sum.add(FloatVector.fromArray(FLOATS, out, to)).intoArray(out, to);
    }
}
