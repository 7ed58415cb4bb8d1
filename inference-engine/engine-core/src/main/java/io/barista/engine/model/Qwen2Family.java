package io.barista.engine.model;

import io.barista.engine.model.DecoderSpec.Layer;
import java.util.List;

/** Qwen2, Qwen2.5 and QwQ: Llama's shape with biases on queries, keys and values. */
final class Qwen2Family implements ModelFamily {

    @Override
    public DecoderSpec spec(ModelConfig config) {
        List<Integer> windows = QwenWindows.of(config);
        return PlainDecoder.spec(config, i -> new Layer(
                PlainDecoder.attention(config, windows.get(i), true, false), PlainDecoder.gated(config, false), false));
    }
}
