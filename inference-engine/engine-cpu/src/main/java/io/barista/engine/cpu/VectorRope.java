package io.barista.engine.cpu;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.StepInputs;
import org.jspecify.annotations.Nullable;

/** Normalises (where the model does) and rotates the heads of q and k. The loops are plain: the compiler vectorises them. */
final class VectorRope extends RowTask {

    private final float[][] lanes;
    private int[] ropeRows = {};
    private float[] qkv = {};
    private AttentionSpec attention = new AttentionSpec(1, 1, 1, 1, 0, 0);
    private CpuRopeTable rope = new CpuRopeTable(new float[0], 0, 0);
    private float @Nullable [] qNorm;
    private float @Nullable [] kNorm;
    private float normEps;

    VectorRope(WorkerPool pool) {
        super(pool);
        lanes = new float[pool.size()][Lanes.COUNT];
    }

    void rotate(StepInputs step, float[] qkv, AttentionSpec attention, CpuRopeTable rope, float @Nullable [] qNorm,
            float @Nullable [] kNorm, float normEps) {
        this.ropeRows = step.ropeRows;
        this.qkv = qkv;
        this.attention = attention;
        this.rope = rope;
        this.qNorm = qNorm;
        this.kNorm = kNorm;
        this.normEps = normEps;
        share(step.tokens, attention.qkvWidth());
    }

    @Override
    void rows(int worker, int from, int to) {
        int headDim = attention.headDim();
        for (int t = from; t < to; t++) {
            for (int h = 0; h < attention.heads() + attention.kvHeads(); h++) {
                int offset = t * attention.qkvWidth() + h * headDim;
                float[] norm = h < attention.heads() ? qNorm : kNorm;
                if (norm != null) {
                    VectorRmsNorm.normalize(qkv, offset, norm, normEps, headDim, qkv, lanes[worker]);
                }
                rotateHead(qkv, offset, rope.cosSin(), ropeRows[t] * rope.rotaryDim(), rope.rotaryDim() / 2);
            }
        }
    }

    private static void rotateHead(float[] head, int offset, float[] cosSin, int cos, int half) {
        for (int i = 0; i < half; i++) {
            float first = head[offset + i];
            float second = head[offset + half + i];
            head[offset + i] = first * cosSin[cos + i] - second * cosSin[cos + half + i];
            head[offset + half + i] = second * cosSin[cos + i] + first * cosSin[cos + half + i];
        }
    }
}
