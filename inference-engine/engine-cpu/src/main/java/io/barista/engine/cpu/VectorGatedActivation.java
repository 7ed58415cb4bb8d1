package io.barista.engine.cpu;

import io.barista.engine.backend.Activation;

/**
 * out: [rows, inner] = act(gateUp[:, :inner]) · gateUp[:, inner:]. Each function is written as plain loops, which the compiler
 * vectorises, around an e^x of the whole row.
 */
final class VectorGatedActivation extends RowTask {

    private static final float ROOT_HALF = (float) Math.sqrt(0.5);
    private static final float ROOT_EIGHT_OVER_PI = (float) Math.sqrt(8 / Math.PI);

    private final float[][] lanes; // [worker]
    private float[] gateUp = {};
    private float[] out = {};
    private Activation activation = Activation.SILU;
    private int inner;

    VectorGatedActivation(WorkerPool pool) {
        super(pool);
        lanes = new float[pool.size()][Lanes.COUNT];
    }

    void apply(float[] gateUp, Activation activation, int rows, int inner, float[] out) {
        this.gateUp = gateUp;
        this.activation = activation;
        this.inner = inner;
        this.out = out;
        share(rows, inner);
    }

    @Override
    void rows(int worker, int from, int to) {
        for (int row = from; row < to; row++) {
            int gates = row * 2 * inner;
            int target = row * inner;
            switch (activation) {
                case SILU -> silu(gateUp, gates, inner, out, target, lanes[worker]);
                case GELU -> gelu(gateUp, gates, inner, out, target, lanes[worker]);
                case GELU_TANH -> geluTanh(gateUp, gates, inner, out, target, lanes[worker]);
            }
        }
    }

    /** x / (1 + e^-x) */
    private static void silu(float[] gateUp, int gates, int inner, float[] out, int target, float[] lanes) {
        for (int i = 0; i < inner; i++) {
            out[target + i] = -gateUp[gates + i];
        }
        VectorMath.exp(out, target, inner, lanes);
        for (int i = 0; i < inner; i++) {
            out[target + i] = gateUp[gates + i] / (1 + out[target + i]) * gateUp[gates + inner + i];
        }
    }

    /** ½·x·(1 + tanh u), and tanh u = 1 - 2 / (e^2u + 1). */
    private static void geluTanh(float[] gateUp, int gates, int inner, float[] out, int target, float[] lanes) {
        for (int i = 0; i < inner; i++) {
            float x = gateUp[gates + i];
            out[target + i] = ROOT_EIGHT_OVER_PI * (x + 0.044715f * x * x * x);
        }
        VectorMath.exp(out, target, inner, lanes);
        for (int i = 0; i < inner; i++) {
            float onePlusTanh = 2 - 2 / (out[target + i] + 1);
            out[target + i] = 0.5f * gateUp[gates + i] * onePlusTanh * gateUp[gates + inner + i];
        }
    }

    /** ½·x·(1 + erf(x / √2)), and erf by Abramowitz and Stegun, 7.1.26: within 2e-7. */
    private static void gelu(float[] gateUp, int gates, int inner, float[] out, int target, float[] lanes) {
        for (int i = 0; i < inner; i++) {
            float x = gateUp[gates + i];
            out[target + i] = -0.5f * x * x;
        }
        VectorMath.exp(out, target, inner, lanes);
        for (int i = 0; i < inner; i++) {
            float x = gateUp[gates + i];
            float t = 1 / (1 + 0.3275911f * Math.abs(x) * ROOT_HALF);
            float polynomial = (((1.061405429f * t - 1.453152027f) * t + 1.421413741f) * t - 0.284496736f) * t
                    + 0.254829592f;
            float tail = polynomial * t * out[target + i]; // erfc of |x| / √2
            out[target + i] = 0.5f * x * (x < 0 ? tail : 2 - tail) * gateUp[gates + inner + i];
        }
    }
}
