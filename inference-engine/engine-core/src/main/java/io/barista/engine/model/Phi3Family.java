package io.barista.engine.model;

/** Phi-3, Phi-3.5 and Phi-4 mini: Llama's shape in fused matrices, with longrope and, in some, partly rotated heads. */
final class Phi3Family implements ModelFamily {

    @Override
    public DecoderSpec spec(ModelConfig config) {
        return PlainDecoder.spec(config,
                PlainDecoder.attention(config, config.slidingWindow(), false, false).withFusedWeights(),
                PlainDecoder.gated(config, false).withFusedWeights());
    }
}
