package io.barista.engine.model;

import java.util.List;

/** Qwen's sliding window: off unless config.json uses it, and then on for the layers from {@code max_window_layers} on. */
final class QwenWindows {

    private QwenWindows() {}

    /** The window of each layer; 0 sees all. */
    static List<Integer> of(ModelConfig config) {
        boolean used = config.fields().flag("use_sliding_window", false);
        int first = config.fields().optionalInt("max_window_layers").orElse(0);
        return LayerKinds.windowed(config, layer -> used && layer >= first).stream()
                .map(windowed -> windowed ? config.fields().size("sliding_window") : 0).toList();
    }
}
