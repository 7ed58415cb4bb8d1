package io.barista.engine.backend;

/**
 * Attention of one layer.
 *
 * @param heads   query heads H
 * @param kvHeads key and value heads K; H is a multiple of K
 * @param headDim D
 * @param scale   factor on q·k, usually 1/√D
 * @param window  keys a query sees, itself included; 0 sees all before it
 * @param softCap logits become cap·tanh(logit/cap); 0 is off
 */
public record AttentionSpec(int heads, int kvHeads, int headDim, float scale, int window, float softCap) {

    /** Columns of a fused row of queries, keys and values. */
    public int qkvWidth() {
        return (heads + 2 * kvHeads) * headDim;
    }

    public int queryWidth() {
        return heads * headDim;
    }
}
