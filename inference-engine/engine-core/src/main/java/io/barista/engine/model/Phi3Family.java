package io.barista.engine.model;

/** Phi-3, Phi-3.5 and Phi-4 mini: Llama's shape in fused matrices, with longrope and, in some, partly rotated heads. */
final class Phi3Family implements ModelFamily {

    @Override
    public DecoderSpec spec(ModelConfig config) {
        DecoderSpec spec = PlainDecoder.spec(config,
                PlainDecoder.attention(config, config.slidingWindow(), false, false).withFusedWeights(),
                PlainDecoder.gated(config, false).withFusedWeights());
        requireFactorForEveryPair(config.fields(), spec.ropes().getFirst());
        return spec;
    }

    private static void requireFactorForEveryPair(ConfigFields fields, DecoderSpec.Rope rope) {
        int pairs = rope.rotaryDim() / 2;
        if (rope.spec() instanceof RopeSpec.LongRope longRope
                && (longRope.shortFactors().size() != pairs || longRope.longFactors().size() != pairs)) {
            throw fields.wrong("rope_scaling", "%d short and %d long factors, one for each rotated pair"
                    .formatted(pairs, pairs),
                    "%d and %d".formatted(longRope.shortFactors().size(),
                            longRope.longFactors().size()));
        }
    }
}
