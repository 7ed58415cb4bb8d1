package io.barista.engine.cpu;

import static io.barista.engine.cpu.Lanes.COUNT;
import static io.barista.engine.cpu.Lanes.FLOATS;

import io.barista.engine.backend.Activation;
import jdk.incubator.vector.FloatVector;

/** out: [rows, inner] = act(gateUp[:, :inner]) · gateUp[:, inner:]. */
final class VectorGatedActivation extends RowTask {

    private static final float ROOT_HALF = (float) Math.sqrt(0.5);
    private static final float ROOT_TWO_OVER_PI = (float) Math.sqrt(2 / Math.PI);

    private final float[][] ends; // [worker] room for one vector
    private float[] gateUp = {};
    private float[] out = {};
    private Activation activation = Activation.SILU;
    private int inner;

    VectorGatedActivation(WorkerPool pool) {
        super(pool);
        ends = new float[pool.size()][COUNT];
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
            int gate = row * 2 * inner;
            int up = gate + inner;
            int at = row * inner;
            switch (activation) {
                case SILU -> silu(gate, up, at, ends[worker]);
                case GELU -> gelu(gate, up, at, ends[worker]);
                case GELU_TANH -> geluTanh(gate, up, at, ends[worker]);
            }
        }
    }

    // One loop per function, so that each is compiled without a branch in it.

    private void silu(int gate, int up, int at, float[] end) {
        int i = 0;
        for (; i + COUNT <= inner; i += COUNT) {
            silu(gateUp, gate + i).mul(FloatVector.fromArray(FLOATS, gateUp, up + i)).intoArray(out, at + i);
        }
        System.arraycopy(gateUp, gate + i, end, 0, inner - i);
        silu(end, 0).intoArray(end, 0);
        scaleEnd(end, i, up, at);
    }

    private static FloatVector silu(float[] gates, int from) {
        FloatVector x = FloatVector.fromArray(FLOATS, gates, from);
        return x.mul(VectorMath.sigmoid(x));
    }

    private void gelu(int gate, int up, int at, float[] end) {
        int i = 0;
        for (; i + COUNT <= inner; i += COUNT) {
            gelu(gateUp, gate + i).mul(FloatVector.fromArray(FLOATS, gateUp, up + i)).intoArray(out, at + i);
        }
        System.arraycopy(gateUp, gate + i, end, 0, inner - i);
        gelu(end, 0).intoArray(end, 0);
        scaleEnd(end, i, up, at);
    }

    private static FloatVector gelu(float[] gates, int from) {
        FloatVector x = FloatVector.fromArray(FLOATS, gates, from);
        return x.mul(0.5f).mul(VectorMath.erf(x.mul(ROOT_HALF)).add(1f));
    }

    private void geluTanh(int gate, int up, int at, float[] end) {
        int i = 0;
        for (; i + COUNT <= inner; i += COUNT) {
            geluTanh(gateUp, gate + i).mul(FloatVector.fromArray(FLOATS, gateUp, up + i)).intoArray(out, at + i);
        }
        System.arraycopy(gateUp, gate + i, end, 0, inner - i);
        geluTanh(end, 0).intoArray(end, 0);
        scaleEnd(end, i, up, at);
    }

    private static FloatVector geluTanh(float[] gates, int from) {
        FloatVector x = FloatVector.fromArray(FLOATS, gates, from);
        FloatVector cubed = x.mul(x).mul(x).mul(0.044715f);
        return x.mul(0.5f).mul(VectorMath.tanh(cubed.add(x).mul(ROOT_TWO_OVER_PI)).add(1f));
    }

    /** Where a row is no multiple of the vector length: the same arithmetic for what is left of it. */
    private void scaleEnd(float[] activated, int from, int up, int at) {
        for (int i = from; i < inner; i++) {
            out[at + i] = activated[i - from] * gateUp[up + i];
        }
    }
}
