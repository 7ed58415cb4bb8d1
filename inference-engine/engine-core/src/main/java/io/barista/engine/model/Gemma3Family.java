package io.barista.engine.model;

import io.barista.engine.model.DecoderSpec.Rope;
import java.util.List;

/** Gemma 3's text models: norms over heads, and two ropes, one for layers that see all and one for those that see a window. */
final class Gemma3Family implements ModelFamily {

    private static final int GLOBAL = 0;
    private static final int LOCAL = 1;

    @Override
    public DecoderSpec spec(ModelConfig config) {
        ConfigFields fields = config.fields();
        int pattern = fields.optionalSize("sliding_window_pattern")
                .or(() -> fields.optionalSize("_sliding_window_pattern")).orElse(6);
        List<Boolean> windowed = LayerKinds.windowed(config, layer -> (layer + 1) % pattern != 0);
        int rotaryDim = PlainDecoder.rotaryDim(config);
        List<Rope> ropes = List.of(
                PlainDecoder.rope(config, RopeReader.read(fields, "full_attention", "rope_theta", true), rotaryDim),
                PlainDecoder.rope(config,
                        RopeReader.read(fields, "sliding_attention", "rope_local_base_freq", false), rotaryDim));
        return GemmaDecoder.spec(config, ropes, i -> GemmaDecoder
                .attention(config, windowed.get(i), windowed.get(i) ? LOCAL : GLOBAL).withHeadNorms());
    }
}
