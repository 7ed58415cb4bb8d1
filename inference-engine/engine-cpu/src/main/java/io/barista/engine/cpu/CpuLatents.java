package io.barista.engine.cpu;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.LatentWorkspace;

/**
 * Latent attention as attention of H query heads over one key and value head, which is the token's row: queries are brought into
 * the space of latents first, and results brought out of it.
 */
final class CpuLatents implements LatentWorkspace {

    private final LatentAttentionSpec spec;
    private final int maxRows;

    /** Over rows of the cache, whose trailing rope dimensions are no part of a value: those of a result are left aside. */
    final AttentionSpec attention;
    final float[] queries; // [maxRows, (H + 2)·(rank + ropeDim)], as rows of queries, keys and values
    final float[] attended; // [maxRows, H·(rank + ropeDim)]
    final float[] head; // [maxRows, plainDim or rank], of one head
    final float[] projected; // [maxRows, rank or valueDim], of one head

    CpuLatents(LatentAttentionSpec spec, int maxRows) {
        this.spec = spec;
        this.maxRows = maxRows;
        this.attention = attention(spec);
        this.queries = new float[Math.multiplyExact(maxRows, attention.qkvWidth())];
        this.attended = new float[Math.multiplyExact(maxRows, attention.queryWidth())];
        this.head = new float[Math.multiplyExact(maxRows, Math.max(spec.plainDim(), spec.rank()))];
        this.projected = new float[Math.multiplyExact(maxRows, Math.max(spec.valueDim(), spec.rank()))];
    }

    static AttentionSpec attention(LatentAttentionSpec spec) {
        return new AttentionSpec(spec.heads(), 1, spec.rowWidth(), spec.scale(), 0, 0);
    }

    @Override
    public LatentAttentionSpec spec() {
        return spec;
    }

    @Override
    public int maxRows() {
        return maxRows;
    }

    /** Brings queries [rows, H·(plainDim + ropeDim)] into the space of cached rows. */
    void absorb(CpuMaths maths, float[] source, CpuLatentMatrix weight, int rows) {
        int width = spec.rowWidth();
        for (int h = 0; h < spec.heads(); h++) {
            int from = h * spec.queryHeadDim();
            copy(source, from, spec.queryWidth(), head, 0, spec.plainDim(), rows, spec.plainDim());
            maths.product(weight.keys().get(h), head, rows, projected);
            copy(projected, 0, spec.rank(), queries, h * width, attention.qkvWidth(), rows, spec.rank());
            copy(source, from + spec.plainDim(), spec.queryWidth(), queries, h * width + spec.rank(),
                    attention.qkvWidth(), rows, spec.ropeDim());
        }
    }

    /** Brings attended latents to results [rows, H·valueDim]. */
    void expand(CpuMaths maths, CpuLatentMatrix weight, int rows, float[] out) {
        for (int h = 0; h < spec.heads(); h++) {
            copy(attended, h * spec.rowWidth(), attention.queryWidth(), head, 0, spec.rank(), rows, spec.rank());
            maths.product(weight.values().get(h), head, rows, projected);
            copy(projected, 0, spec.valueDim(), out, h * spec.valueDim(), spec.outputWidth(), rows, spec.valueDim());
        }
    }

    private static void copy(float[] source, int from, int sourceStride, float[] target, int to, int targetStride,
            int rows, int columns) {
        for (int row = 0; row < rows; row++) {
            System.arraycopy(source, from + row * sourceStride, target, to + row * targetStride, columns);
        }
    }
}
