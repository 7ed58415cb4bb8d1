package io.barista.engine.backend;

/**
 * DeepSeek's latent attention: all heads share one row per token, from which each head's keys and values are projections. A query
 * head is [plainDim | ropeDim], a token's row is [rank | ropeDim]: the latent, from which keys and values come, and a rotated key
 * that all heads share.
 *
 * @param heads    query heads H
 * @param rank     width of the latent
 * @param plainDim dimensions of a query and key head that are not rotated
 * @param ropeDim  dimensions that are
 * @param valueDim dimensions of a value head
 * @param scale    factor on q·k
 * @param pairs    which dimensions turn together
 */
public record LatentAttentionSpec(int heads, int rank, int plainDim, int ropeDim, int valueDim, float scale,
        Pairs pairs) {

    /** Which dimensions rotary embedding turns together. */
    public enum Pairs {
        /** i and i + ropeDim / 2. */
        HALVES,
        /** 2i and 2i + 1. */
        NEIGHBOURS
    }

    public int queryHeadDim() {
        return plainDim + ropeDim;
    }

    /** Columns of a row of queries. */
    public int queryWidth() {
        return heads * queryHeadDim();
    }

    /** Columns of a token's row, in the activations as in the cache. */
    public int rowWidth() {
        return rank + ropeDim;
    }

    /** Columns of a row of results. */
    public int outputWidth() {
        return heads * valueDim;
    }

    /** Outputs of the projection from latents to all heads' keys and values. */
    public int expandedWidth() {
        return heads * (plainDim + valueDim);
    }
}
