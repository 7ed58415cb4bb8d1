package io.barista.engine.cpu;

import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.LatentAttentionSpec.Pairs;
import io.barista.engine.backend.StepInputs;

/** Normalises latents and rotates queries and shared keys, row by row: little beside the products around it. */
final class CpuLatentRope {

    private CpuLatentRope() {}

    /**
     * Every row of a step.
     *
     * @param queries [T, H·(plainDim + ropeDim)]
     * @param rows    [T, rank + ropeDim]
     */
    static void rotate(StepInputs step, float[] queries, float[] rows, LatentAttentionSpec spec, CpuRopeTable rope,
            float[] norm, float eps) {
        for (int t = 0; t < step.tokens; t++) {
            queries(queries, t * spec.queryWidth(), spec, rope, step.ropeRows[t]);
            row(rows, t * spec.rowWidth(), spec, rope, step.ropeRows[t], norm, eps);
        }
    }

    /** One row of latent and shared key. */
    private static void row(float[] rows, int from, LatentAttentionSpec spec, CpuRopeTable rope, int ropeRow,
            float[] norm,
            float eps) {
        double squares = 0;
        for (int i = 0; i < spec.rank(); i++) {
            squares += (double) rows[from + i] * rows[from + i];
        }
        double factor = 1 / Math.sqrt(squares / spec.rank() + eps);
        for (int i = 0; i < spec.rank(); i++) {
            rows[from + i] = (float) (rows[from + i] * factor * norm[i]);
        }
        rotate(rows, from + spec.rank(), spec.pairs(), rope, ropeRow);
    }

    /** All heads of one row of queries. */
    private static void queries(float[] queries, int from, LatentAttentionSpec spec, CpuRopeTable rope, int ropeRow) {
        for (int h = 0; h < spec.heads(); h++) {
            rotate(queries, from + h * spec.queryHeadDim() + spec.plainDim(), spec.pairs(), rope, ropeRow);
        }
    }

    private static void rotate(float[] values, int from, Pairs pairs, CpuRopeTable rope, int ropeRow) {
        int half = rope.rotaryDim() / 2;
        int angles = ropeRow * rope.rotaryDim();
        int step = switch (pairs) {
            case HALVES -> 1;
            case NEIGHBOURS -> 2;
        };
        int distance = switch (pairs) {
            case HALVES -> half;
            case NEIGHBOURS -> 1;
        };
        for (int i = 0; i < half; i++) {
            double cos = rope.cosSin()[angles + i];
            double sin = rope.cosSin()[angles + half + i];
            double first = values[from + i * step];
            double second = values[from + i * step + distance];
            values[from + i * step] = (float) (first * cos - second * sin);
            values[from + i * step + distance] = (float) (second * cos + first * sin);
        }
    }
}
