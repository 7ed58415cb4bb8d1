package io.barista.engine.model;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.KvCache;
import java.util.List;

/**
 * A decoder-only transformer as data: everything {@link Decoder} must know to run it, nothing it would have to guess from a name.
 *
 * @param embeddingScale factor on embeddings
 * @param normEps        added to the mean square by every RMS norm
 * @param tiedHead       the embedding is also the output matrix
 * @param layers         in order; their attention may differ
 * @param names          where each weight is in the folder
 */
public record DecoderSpec(int vocabSize, int hiddenSize, float embeddingScale, RopeSpec rope, float normEps,
        boolean tiedHead, List<Layer> layers, WeightNames names) {

    /**
     * One pre-norm layer: attention, then a gated MLP, each added to the residual.
     *
     * @param qkvBias    biases on the query, key and value projections
     * @param outputBias a bias on attention's output projection
     */
    public record Layer(AttentionSpec attention, boolean qkvBias, boolean outputBias, GatedMlp mlp) {}

    /**
     * down(act(gate(x)) · up(x)).
     *
     * @param inner width between
     * @param bias  biases on all three projections
     */
    public record GatedMlp(int inner, Activation activation, boolean bias) {}

    /** Of a cache for this model, without blocks yet. */
    public KvCache.Shape kvShape(int blockTokens) {
        AttentionSpec attention = layers.getFirst().attention();
        return new KvCache.Shape(layers.size(), 0, blockTokens, attention.kvHeads(), attention.headDim());
    }

    public int headDim() {
        return layers.getFirst().attention().headDim();
    }

    /** Widest fused row of queries, keys and values. */
    int widestQkv() {
        return layers.stream().mapToInt(layer -> layer.attention().qkvWidth()).max().orElseThrow();
    }

    int widestQuery() {
        return layers.stream().mapToInt(layer -> layer.attention().queryWidth()).max().orElseThrow();
    }

    int widestMlp() {
        return layers.stream().mapToInt(layer -> layer.mlp().inner()).max().orElseThrow();
    }
}
