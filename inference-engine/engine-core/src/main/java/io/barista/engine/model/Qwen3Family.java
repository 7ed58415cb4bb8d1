package io.barista.engine.model;

import io.barista.engine.model.DecoderSpec.Layer;
import java.util.List;

/** Qwen3: Llama's shape with RMS norms over each head of queries and keys. */
final class Qwen3Family implements ModelFamily {

    @Override
    public DecoderSpec spec(ModelConfig config) {
        List<Integer> windows = QwenWindows.of(config);
        return PlainDecoder.spec(config,
                i -> new Layer(attention(config, windows.get(i)), PlainDecoder.gated(config, false), false));
    }

    static Attention attention(ModelConfig config, int window) {
        boolean bias = config.fields().flag("attention_bias", false);
        return PlainDecoder.attention(config, window, bias, bias).withHeadNorms();
    }
}
