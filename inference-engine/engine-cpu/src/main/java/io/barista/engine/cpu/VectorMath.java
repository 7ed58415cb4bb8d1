package io.barista.engine.cpu;

import static io.barista.engine.cpu.Lanes.COUNT;
import static io.barista.engine.cpu.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions over lanes, made of single operations that round the same way interpreted and compiled. The JDK's own
 * {@code lanewise(EXP)} and {@code reduceLanes(ADD)} do not promise that, and a token must not depend on when the compiler ran.
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

    /** e^x within 2 ulp; 0 below {@link #SMALLEST}, about 2.4e38 above {@link #LARGEST}. Polynomial of Cephes' expf. */
    static FloatVector exp(FloatVector x) {
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
        FloatVector scaled = y.reinterpretAsInts().add(exponent).reinterpretAsFloats();
        return scaled.blend(0f, x.compare(VectorOperators.LT, SMALLEST));
    }

    static FloatVector sigmoid(FloatVector x) {
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        return one.div(exp(x.neg()).add(one));
    }

    /** 1 - 2 / (e^2x + 1) */
    static FloatVector tanh(FloatVector x) {
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        return one.sub(FloatVector.broadcast(FLOATS, 2f).div(exp(x.add(x)).add(one)));
    }

    /** Error at most 2e-7: Abramowitz and Stegun, 7.1.26. */
    static FloatVector erf(FloatVector x) {
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector size = x.abs();
        FloatVector t = one.div(size.fma(FloatVector.broadcast(FLOATS, 0.3275911f), one));
        FloatVector y = FloatVector.broadcast(FLOATS, 1.061405429f);
        y = y.fma(t, FloatVector.broadcast(FLOATS, -1.453152027f));
        y = y.fma(t, FloatVector.broadcast(FLOATS, 1.421413741f));
        y = y.fma(t, FloatVector.broadcast(FLOATS, -0.284496736f));
        y = y.fma(t, FloatVector.broadcast(FLOATS, 0.254829592f));
        FloatVector positive = one.sub(y.mul(t).mul(exp(size.mul(size).neg())));
        return positive.blend(positive.neg(), x.compare(VectorOperators.LT, 0f));
    }

    /** Σ x² over a range. @param lanes room for one vector */
    static float sumOfSquares(float[] x, int from, int count, float[] lanes) {
        FloatVector sum = FloatVector.zero(FLOATS);
        int i = 0;
        for (; i + COUNT <= count; i += COUNT) {
            FloatVector value = FloatVector.fromArray(FLOATS, x, from + i);
            sum = value.fma(value, sum);
        }
        float total = sum(sum, lanes);
        for (; i < count; i++) {
            total = Math.fma(x[from + i], x[from + i], total);
        }
        return total;
    }

    /** All lanes, first to last. @param lanes room for one vector */
    static float sum(FloatVector vector, float[] lanes) {
        vector.intoArray(lanes, 0);
        float total = 0;
        for (int lane = 0; lane < COUNT; lane++) {
            total += lanes[lane];
        }
        return total;
    }
}
