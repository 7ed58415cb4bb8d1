package io.barista.engine.model;

/** Mistral: Llama's shape, with a sliding window over all layers where config.json has one. */
final class MistralFamily implements ModelFamily {

    @Override
    public DecoderSpec spec(ModelConfig config) {
        return PlainDecoder.spec(config, PlainDecoder.attention(config, config.slidingWindow(), false, false),
                PlainDecoder.gated(config, false));
    }
}
