package io.barista.engine.model;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.KvCache;
import io.barista.engine.backend.LatentAttentionSpec;
import java.util.List;

/**
 * A decoder-only transformer as data: everything {@link Decoder} must know to run it, nothing it would have to guess from a name.
 *
 * @param embeddingScale factor on embeddings
 * @param normEps        added to the mean square by every RMS norm
 * @param offsetNorms    norm weights are stored less one
 * @param head           where logits come from
 * @param logitSoftCap   logits become cap·tanh(logit/cap); 0 is off
 * @param ropes          that layers choose from
 * @param layers         in order
 * @param contextLength  tokens of the longest sequence that the model was made for
 */
public record DecoderSpec(int vocabSize, int hiddenSize, float embeddingScale, float normEps, boolean offsetNorms,
        Head head, float logitSoftCap, List<Rope> ropes, List<Layer> layers, int contextLength) {

    /** The output matrix. */
    public enum Head {
        /** The embedding once more. */
        TIED,
        /** One of its own. */
        OWN,
        /** None: the model gives hidden states. */
        NONE
    }

    /** @param rotaryDim leading dimensions of a head that are rotated */
    public record Rope(RopeSpec spec, int rotaryDim) {}

    /**
     * One pre-norm layer: attention, then a feed-forward block, each added to the residual.
     *
     * @param resultNorms whether what each of the two gives is normalised too before it is added
     */
    public record Layer(Attention attention, FeedForward feedForward, boolean resultNorms) {}

    public DecoderSpec withHead(Head other) {
        return new DecoderSpec(vocabSize, hiddenSize, embeddingScale, normEps, offsetNorms, other, logitSoftCap, ropes,
                layers, contextLength);
    }

    /** Of a cache for this model, without blocks yet; all layers are alike in what a token leaves in them. */
    public KvCache.Shape kvShape(int blockTokens) {
        return switch (layers.getFirst().attention()) {
            case Attention.Grouped(AttentionSpec spec, _, _, _, _, _) ->
                new KvCache.Shape(layers.size(), 0, blockTokens, spec.kvHeads(), spec.headDim());
            case Attention.Latent(LatentAttentionSpec spec, _, _) ->
                new KvCache.Shape(layers.size(), 0, blockTokens, 1, spec.rowWidth(), true);
        };
    }

    /** How sequences that are longer than the first training's context are told from others. */
    public LongSequences longSequences(int positions) {
        return ropes.stream().map(rope -> rope.spec().longFrom()).filter(limit -> limit.isPresent()).findFirst()
                .map(limit -> new LongSequences(limit.getAsInt(), positions)).orElse(LongSequences.NONE);
    }
}
