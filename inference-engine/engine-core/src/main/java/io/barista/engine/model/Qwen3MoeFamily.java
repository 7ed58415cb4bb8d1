package io.barista.engine.model;

import io.barista.engine.model.DecoderSpec.Layer;
import java.util.List;
import java.util.Optional;

/** Qwen3-MoE: Qwen3 with experts. */
final class Qwen3MoeFamily implements ModelFamily {

    @Override
    public DecoderSpec spec(ModelConfig config) {
        List<Integer> windows = QwenWindows.of(config);
        return PlainDecoder.spec(config, i -> new Layer(Qwen3Family.attention(config, windows.get(i)),
                QwenMixture.of(config, i, Optional.empty()), false));
    }
}
