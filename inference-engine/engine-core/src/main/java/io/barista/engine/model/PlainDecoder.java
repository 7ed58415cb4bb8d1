package io.barista.engine.model;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AttentionSpec;
import java.util.Collections;

/** The shape that Llama made common: equal layers, full causal attention, RMS norms, a gated MLP. */
final class PlainDecoder {

    private PlainDecoder() {}

    static DecoderSpec spec(ModelConfig config, boolean qkvBias, boolean outputBias, boolean mlpBias) {
        AttentionSpec attention = new AttentionSpec(config.heads(), config.kvHeads(), config.headDim(),
                (float) (1 / Math.sqrt(config.headDim())), 0, 0);
        DecoderSpec.GatedMlp mlp = new DecoderSpec.GatedMlp(config.intermediateSize(), activation(config), mlpBias);
        DecoderSpec.Layer layer = new DecoderSpec.Layer(attention, qkvBias, outputBias, mlp);
        return new DecoderSpec(config.vocabSize(), config.hiddenSize(), 1, config.rope(), config.normEps(),
                config.tieWordEmbeddings(), Collections.nCopies(config.layers(), layer), WeightNames.LLAMA);
    }

    private static Activation activation(ModelConfig config) {
        return switch (config.activation()) {
            case "silu", "swish" -> Activation.SILU;
            case "gelu" -> Activation.GELU;
            case "gelu_pytorch_tanh", "gelu_new" -> Activation.GELU_TANH;
            default -> throw config.fields().wrong("hidden_act", "one of silu, gelu, gelu_pytorch_tanh",
                    config.activation());
        };
    }
}
