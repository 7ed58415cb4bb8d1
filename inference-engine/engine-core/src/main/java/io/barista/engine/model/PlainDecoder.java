package io.barista.engine.model;

import io.barista.engine.backend.Activation;
import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.model.DecoderSpec.Head;
import io.barista.engine.model.DecoderSpec.Layer;
import io.barista.engine.model.DecoderSpec.Rope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** The shape that Llama made common, in pieces that families put together: RMS norms, rotary embedding, a gated MLP. */
final class PlainDecoder {

    private PlainDecoder() {}

    /** Equal layers. */
    static DecoderSpec spec(ModelConfig config, Attention attention, FeedForward feedForward) {
        return spec(config, _ -> new Layer(attention, feedForward, false));
    }

    /** @param layer by index */
    static DecoderSpec spec(ModelConfig config, IntFunction<Layer> layer) {
        RopeSpec rope = RopeReader.read(config.fields());
        Head head = config.fields().flag("tie_word_embeddings", false) ? Head.TIED : Head.OWN;
        return new DecoderSpec(config.vocabSize(), config.hiddenSize(), 1, config.normEps(), false, head, 0,
                List.of(rope(config, rope, rotaryDim(config))), layers(config, layer),
                rope.contextLength(config.maxPositionEmbeddings()));
    }

    /** A rope with frequencies for as many pairs as a head has rotated ones. */
    static Rope rope(ModelConfig config, RopeSpec spec, int rotaryDim) {
        int pairs = rotaryDim / 2;
        if (spec instanceof RopeSpec.LongRope(_, List<Double> shorter, List<Double> longer, _, _)
                && (shorter.size() != pairs || longer.size() != pairs)) {
            throw config.fields().wrong("rope_scaling", "%d short and %d long factors, one for each rotated pair"
                    .formatted(pairs, pairs), "%d and %d".formatted(shorter.size(), longer.size()));
        }
        return new Rope(spec, rotaryDim);
    }

    static List<Layer> layers(ModelConfig config, IntFunction<Layer> layer) {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            layers.add(layer.apply(i));
        }
        return List.copyOf(layers);
    }

    /** @param window keys a query sees; 0 sees all before it */
    static Attention.Grouped attention(ModelConfig config, int window, boolean qkvBias, boolean outputBias) {
        requirePossibleWidth(config);
        AttentionSpec spec = new AttentionSpec(config.heads(), config.kvHeads(), config.headDim(),
                (float) (1 / Math.sqrt(config.headDim())), window, 0);
        return new Attention.Grouped(spec, 0, qkvBias, outputBias, false, false);
    }

    /** Of a row of queries, keys and values. */
    static void requirePossibleWidth(ModelConfig config) {
        config.fields().width("num_attention_heads", config.heads(), 3L * config.headDim());
    }

    static FeedForward.Gated gated(ModelConfig config, boolean bias) {
        return new FeedForward.Gated(config.intermediateSize(), activation(config), bias, false);
    }

    /** Leading dimensions of a head that are rotated: all of them, or {@code partial_rotary_factor}. */
    static int rotaryDim(ModelConfig config) {
        double part = RopeReader.rotatedPart(config.fields());
        int rotaryDim = (int) (config.headDim() * part);
        if (rotaryDim < 2 || rotaryDim % 2 != 0) {
            throw config.fields().wrong("partial_rotary_factor", "one that rotates an even number of the "
                    + config.headDim() + " dimensions of a head", part);
        }
        return rotaryDim;
    }

    static Activation activation(ModelConfig config) {
        return switch (config.activation()) {
            case "silu", "swish" -> Activation.SILU;
            case "gelu" -> Activation.GELU;
            case "gelu_pytorch_tanh", "gelu_new" -> Activation.GELU_TANH;
            default -> throw config.fields().wrong("hidden_act", "one of silu, gelu, gelu_pytorch_tanh",
                    config.activation());
        };
    }
}
