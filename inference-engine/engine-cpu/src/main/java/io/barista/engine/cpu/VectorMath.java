package io.barista.engine.cpu;

import static io.barista.engine.cpu.Lanes.COUNT;
import static io.barista.engine.cpu.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * What plain loops over arrays cannot do fast: e^x, and sums in an order of their own. Made of single operations that round the
 * same way interpreted and compiled; the JDK's {@code lanewise(EXP)} and {@code reduceLanes(ADD)} do not promise that, and a
 * token must not depend on when the compiler ran.
 */
final class VectorMath {

    private static final float LOG2_E = 1.44269504f;
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    /** Adding it leaves a float's nearest integer in its lowest bits. */
    private static final float ROUNDER = 12_582_912f; // 1.5 · 2^23
    private static final float LARGEST = 88.37f;
    private static final float SMALLEST = -87.33f;

    private VectorMath() {}

    /**
     * x = e^x in place, within 2 ulp: 0 below {@link #SMALLEST}, about 2.4e38 above {@link #LARGEST}.
     *
     * @param lanes room for one vector
     */
    static void exp(float[] x, int from, int count, float[] lanes) {
        int whole = count / COUNT * COUNT;
        exp(x, from, whole);
        if (whole < count) {
            System.arraycopy(x, from + whole, lanes, 0, count - whole);
            exp(lanes, 0, COUNT);
            System.arraycopy(lanes, 0, x, from + whole, count - whole);
        }
    }

    /** The same for a single number. */
    static float exp(float x, float[] lanes) {
        lanes[0] = x;
        exp(lanes, 0, COUNT);
        return lanes[0];
    }

    /** e^x = 2^n · e^r with n the integer nearest to x / ln 2; the polynomial for e^r is that of Cephes' expf. */
    private static void exp(float[] values, int from, int count) {
        for (int i = from; i < from + count; i += COUNT) {
            FloatVector x = FloatVector.fromArray(FLOATS, values, i);
            FloatVector clamped = x.min(LARGEST).max(SMALLEST);
            FloatVector shifted = clamped.fma(FloatVector.broadcast(FLOATS, LOG2_E),
                    FloatVector.broadcast(FLOATS, ROUNDER));
            FloatVector n = shifted.sub(ROUNDER);
            FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), clamped);
            r = n.fma(FloatVector.broadcast(FLOATS, -LN2_LOW), r);

            FloatVector y = FloatVector.broadcast(FLOATS, 1.9875691500e-4f);
            y = y.fma(r, FloatVector.broadcast(FLOATS, 1.3981999507e-3f));
            y = y.fma(r, FloatVector.broadcast(FLOATS, 8.3334519073e-3f));
            y = y.fma(r, FloatVector.broadcast(FLOATS, 4.1665795894e-2f));
            y = y.fma(r, FloatVector.broadcast(FLOATS, 1.6666665459e-1f));
            y = y.fma(r, FloatVector.broadcast(FLOATS, 5.0000001201e-1f));
            y = y.fma(r.mul(r), r).add(1f);

            IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
            VectorMask<Float> vanishing = x.compare(VectorOperators.LT, SMALLEST);
            y.reinterpretAsInts().add(exponent).reinterpretAsFloats().blend(0f, vanishing).intoArray(values, i);
        }
    }

    /** Σ x². @param lanes room for one vector */
    static float sumOfSquares(float[] x, int from, int count, float[] lanes) {
        FloatVector sums = FloatVector.zero(FLOATS);
        int whole = count / COUNT * COUNT;
        for (int i = from; i < from + whole; i += COUNT) {
            FloatVector value = FloatVector.fromArray(FLOATS, x, i);
            sums = value.fma(value, sums);
        }
        sums.intoArray(lanes, 0);
        float total = 0;
        for (int lane = 0; lane < COUNT; lane++) {
            total += lanes[lane];
        }
        for (int i = from + whole; i < from + count; i++) {
            total = Math.fma(x[i], x[i], total);
        }
        return total;
    }

    /** Σ x. @param count a multiple of L @param lanes room for one vector */
    static float sum(float[] x, int from, int count, float[] lanes) {
        FloatVector sums = FloatVector.zero(FLOATS);
        for (int i = from; i < from + count; i += COUNT) {
            sums = sums.add(FloatVector.fromArray(FLOATS, x, i));
        }
        sums.intoArray(lanes, 0);
        float total = 0;
        for (int lane = 0; lane < COUNT; lane++) {
            total += lanes[lane];
        }
        return total;
    }

    /** The largest, or NaN if there is one. @param count a multiple of L, at least L @param lanes room for one vector */
    static float max(float[] x, int from, int count, float[] lanes) {
        FloatVector largest = FloatVector.fromArray(FLOATS, x, from);
        for (int i = from + COUNT; i < from + count; i += COUNT) {
            largest = largest.max(FloatVector.fromArray(FLOATS, x, i));
        }
        largest.intoArray(lanes, 0);
        float max = lanes[0];
        for (int lane = 1; lane < COUNT; lane++) {
            max = Math.max(max, lanes[lane]);
        }
        return max;
    }
}
