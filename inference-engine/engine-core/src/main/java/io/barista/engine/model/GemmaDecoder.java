package io.barista.engine.model;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.model.DecoderSpec.Head;
import io.barista.engine.model.DecoderSpec.Rope;
import java.util.List;
import java.util.function.IntFunction;

/** What Gemma 2 and 3 share: scaled embeddings, norm weights less one, four norms a layer, soft caps. */
final class GemmaDecoder {

    private GemmaDecoder() {}

    static DecoderSpec spec(ModelConfig config, List<Rope> ropes, IntFunction<Attention> attention) {
        ConfigFields fields = config.fields();
        if (fields.flag("use_bidirectional_attention", false)) {
            throw fields.wrong("use_bidirectional_attention", "false (attention is causal here)", true);
        }
        Head head = fields.flag("tie_word_embeddings", true) ? Head.TIED : Head.OWN;
        FeedForward feedForward = PlainDecoder.gated(config, false);
        return new DecoderSpec(config.vocabSize(), config.hiddenSize(), (float) Math.sqrt(config.hiddenSize()),
                config.normEps(), true, head, cap(fields, "final_logit_softcapping"), ropes,
                PlainDecoder.layers(config, i -> new DecoderSpec.Layer(attention.apply(i), feedForward, true)),
                config.maxPositionEmbeddings());
    }

    /** @param rope which rope it turns by */
    static Attention.Grouped attention(ModelConfig config, boolean windowed, int rope) {
        ConfigFields fields = config.fields();
        boolean bias = fields.flag("attention_bias", false);
        double queryScale = fields.optionalNumber("query_pre_attn_scalar").orElse(256);
        if (queryScale <= 0) {
            throw fields.wrong("query_pre_attn_scalar", "positive", queryScale);
        }
        PlainDecoder.requirePossibleWidth(config);
        AttentionSpec spec = new AttentionSpec(config.heads(), config.kvHeads(), config.headDim(),
                (float) (1 / Math.sqrt(queryScale)), windowed ? fields.size("sliding_window") : 0,
                cap(fields, "attn_logit_softcapping"));
        return new Attention.Grouped(spec, rope, bias, bias, false, false);
    }

    private static float cap(ConfigFields fields, String key) {
        double cap = fields.optionalNumber(key).orElse(0);
        if (cap < 0) {
            throw fields.wrong(key, "positive, or null for none", cap);
        }
        return (float) cap;
    }
}
