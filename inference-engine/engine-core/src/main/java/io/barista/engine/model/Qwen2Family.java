package io.barista.engine.model;

/** Qwen2, Qwen2.5 and QwQ: Llama's shape with biases on queries, keys and values. */
final class Qwen2Family implements ModelFamily {

    @Override
    public DecoderSpec spec(ModelConfig config) {
        if (config.fields().flag("use_sliding_window", false)) {
            throw config.fields().wrong("use_sliding_window", "false (sliding windows are not supported for Qwen2)",
                    true);
        }
        return PlainDecoder.spec(config, true, false, false);
    }
}
