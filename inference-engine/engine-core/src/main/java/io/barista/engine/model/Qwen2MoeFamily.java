package io.barista.engine.model;

import io.barista.engine.model.DecoderSpec.Layer;
import java.util.List;
import java.util.Optional;

/** Qwen1.5-MoE and Qwen2-MoE: Qwen2 with experts, and one expert for all tokens behind a gate of its own. */
final class Qwen2MoeFamily implements ModelFamily {

    @Override
    public DecoderSpec spec(ModelConfig config) {
        boolean bias = config.fields().flag("qkv_bias", true);
        FeedForward.Shared shared = new FeedForward.Shared(new FeedForward.Gated(
                config.fields().size("shared_expert_intermediate_size"), PlainDecoder.activation(config), false, false),
                true);
        List<Integer> windows = QwenWindows.of(config);
        return PlainDecoder.spec(config, i -> new Layer(
                PlainDecoder.attention(config, windows.get(i), bias, false),
                QwenMixture.of(config, i, Optional.of(shared)), false));
    }
}
