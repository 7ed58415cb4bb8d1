package io.barista.engine.model;

import io.barista.engine.model.DecoderSpec.Rope;
import java.util.List;

/** Gemma 2: every other layer sees a window only. */
final class Gemma2Family implements ModelFamily {

    @Override
    public DecoderSpec spec(ModelConfig config) {
        List<Boolean> windowed = LayerKinds.windowed(config, layer -> layer % 2 == 0);
        Rope rope = PlainDecoder.rope(config, RopeReader.read(config.fields()), PlainDecoder.rotaryDim(config));
        return GemmaDecoder.spec(config, List.of(rope), i -> GemmaDecoder.attention(config, windowed.get(i), 0));
    }
}
