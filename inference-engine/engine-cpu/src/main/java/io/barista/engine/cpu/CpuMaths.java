package io.barista.engine.cpu;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DType;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * What the CPU implementations compute: on arrays that are row-major and were checked. A bias or a norm weight is absent where the model
 * has none.
 */
abstract sealed class CpuMaths permits CpuOps {

    private final DType compute;

    /** @param compute what activations are rounded to */
    CpuMaths(DType compute) {
        this.compute = compute;
    }

    final DType compute() {
        return compute;
    }

    abstract void embed(Matrix table, int[] tokenIds, int tokens, float scale, float[] out);

    abstract void rmsNorm(float[] x, float[] weight, float eps, int rows, int columns, float[] out);

    /** sum += x */
    final void add(float[] x, int count, float[] sum) {
        for (int i = 0; i < count; i++) {
            sum[i] += x[i];
        }
    }

    /** sum += x, each row times the sigmoid of its gate. */
    final void addGated(float[] x, float[] gates, int rows, int columns, float[] sum) {
        for (int row = 0; row < rows; row++) {
            float factor = (float) (1 / (1 + Math.exp(-gates[row])));
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                sum[i] += factor * x[i];
            }
        }
    }

    final void softCap(float[] x, int count, float cap) {
        for (int i = 0; i < count; i++) {
            x[i] = (float) (cap * Math.tanh(x[i] / cap));
        }
    }

    abstract void matmul(Matrix w, float @Nullable [] bias, float[] x, int rows, float[] out);

    /** out: [T, width] += what the adapter of each row gives. */
    abstract void addAdapters(CpuAdapters adapters, int[] slots, int rows, float[] x, float[] out);

    /** Normalises and rotates the heads of q and k in place. */
    abstract void rotate(float[] qkv, AttentionSpec attention, CpuRopeTable rope, float @Nullable [] qNorm,
            float @Nullable [] kNorm, float normEps);

    /**
     * Writes all heads' keys and values to the step's slots.
     *
     * @param rows   [T, stride]
     * @param keys   the column where a row's keys begin
     * @param values the column where its values begin, which may be the same
     */
    abstract void store(float[] rows, int stride, int keys, int values, KvCache cache, int layer);

    abstract void pagedAttention(float[] qkv, AttentionSpec attention, KvCache cache, int layer, float[] out);

    abstract void gatedActivation(float[] gateUp, Activation activation, int rows, int inner, float[] out);

    /** out: [rows, outputs] = x · Wᵀ, rounded as {@link #matmul} does. */
    final void product(Matrix w, float[] x, int rows, float[] out) {
        matmul(w, null, x, rows, out);
        rounded(out, rows * w.outputs());
    }

    /** Rounds results as a bfloat16 device stores them; nothing to do in float32. */
    final void rounded(float[] values, int count) {
        if (compute == DType.BFLOAT16) {
            round(values, count);
        }
    }

    /** As {@link #rounded}, on the calling thread, whichever it is. */
    final void roundHere(float[] values) {
        if (compute == DType.BFLOAT16) {
            Bfloat16.round(values, 0, values.length);
        }
    }

    /** To bfloat16. */
    abstract void round(float[] values, int count);
}
