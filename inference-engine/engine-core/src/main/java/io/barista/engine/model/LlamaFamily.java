package io.barista.engine.model;

/** Llama 2 and 3, and the many models that took over their shape. */
final class LlamaFamily implements ModelFamily {

    @Override
    public DecoderSpec spec(ModelConfig config) {
        boolean attentionBias = config.fields().flag("attention_bias", false);
        boolean mlpBias = config.fields().flag("mlp_bias", false);
        return PlainDecoder.spec(config, PlainDecoder.attention(config, 0, attentionBias, attentionBias),
                PlainDecoder.gated(config, mlpBias));
    }
}
