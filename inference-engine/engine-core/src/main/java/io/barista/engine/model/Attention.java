package io.barista.engine.model;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.LatentAttentionSpec;

/** How a layer attends. */
public sealed interface Attention {

    /** Which of {@link DecoderSpec#ropes} it turns by. */
    int rope();

    /**
     * Multi-head, grouped-query or multi-query attention.
     *
     * @param qkvBias    biases on the query, key and value projections
     * @param outputBias a bias on the output projection
     * @param headNorms  RMS norms over each head of queries and keys, before rotation
     * @param fused      whether the folder holds queries, keys and values as one matrix
     */
    record Grouped(AttentionSpec spec, int rope, boolean qkvBias, boolean outputBias, boolean headNorms,
            boolean fused) implements Attention {

        Grouped withHeadNorms() {
            return new Grouped(spec, rope, qkvBias, outputBias, true, fused);
        }

        Grouped withFusedWeights() {
            return new Grouped(spec, rope, qkvBias, outputBias, headNorms, true);
        }
    }

    /**
     * DeepSeek's multi-head latent attention.
     *
     * @param queryRank width of the latent that queries come from; 0 where they come from the hidden state itself
     */
    record Latent(LatentAttentionSpec spec, int rope, int queryRank) implements Attention {}
}
