package io.barista.engine.model;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.Linear;
import io.barista.engine.backend.Matrix;
import io.barista.engine.model.DecoderSpec.Head;
import io.barista.engine.model.DecoderWeights.AttentionWeights;
import io.barista.engine.model.DecoderWeights.FeedForwardWeights;
import io.barista.engine.model.DecoderWeights.GatedWeights;
import io.barista.engine.model.DecoderWeights.GroupedWeights;
import io.barista.engine.model.DecoderWeights.LatentWeights;
import io.barista.engine.model.DecoderWeights.Layer;
import io.barista.engine.model.DecoderWeights.MixtureWeights;
import io.barista.engine.model.DecoderWeights.QueryDown;
import io.barista.engine.model.DecoderWeights.SharedWeights;
import io.barista.engine.model.WeightPacker.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Loads what a {@link DecoderSpec} asks for, by the names that Llama made common. */
final class DecoderLoader {

    private static final String EMBEDDING = "embed_tokens";

    private final DecoderSpec spec;
    private final WeightPacker packer;
    private final int hidden;
    private final String body;

    DecoderLoader(DecoderSpec spec, WeightPacker packer) {
        this.spec = spec;
        this.packer = packer;
        this.hidden = spec.hiddenSize();
        // A model without a head, and one that was once saved so, has its modules at the top.
        this.body = packer.weights().has(EMBEDDING + ".weight") ? "" : "model.";
    }

    DecoderWeights load() {
        Matrix embedding = packer.embedding(body + EMBEDDING, spec.vocabSize(), hidden,
                spec.head() == Head.TIED);
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < spec.layers().size(); i++) {
            layers.add(layer(body + "layers." + i + ".", spec.layers().get(i)));
        }
        return new DecoderWeights(embedding, List.copyOf(layers), norm(body + "norm", hidden), head(embedding));
    }

    private Optional<Linear> head(Matrix embedding) {
        return switch (spec.head()) {
            case Head.TIED -> Optional.of(new Linear(embedding, null));
            case Head.OWN -> Optional.of(new Linear(packer.matrix("lm_head", spec.vocabSize(), hidden), null));
            case Head.NONE -> Optional.empty();
        };
    }

    private Layer layer(String prefix, DecoderSpec.Layer layer) {
        AttentionWeights attention = switch (layer.attention()) {
            case Attention.Grouped grouped -> grouped(prefix + "self_attn.", grouped);
            case Attention.Latent latent -> latent(prefix + "self_attn.", latent);
        };
        FeedForwardWeights feedForward = switch (layer.feedForward()) {
            case FeedForward.Gated gated -> gated(prefix + "mlp.", gated);
            case FeedForward.Mixture mixture -> mixture(prefix, mixture);
        };
        DeviceBuffer attentionNorm = norm(prefix + "input_layernorm", hidden);
        DeviceBuffer afterAttention = norm(prefix + "post_attention_layernorm", hidden);
        if (!layer.resultNorms()) {
            return new Layer(attentionNorm, attention, null, afterAttention, feedForward, null);
        }
        return new Layer(attentionNorm, attention, afterAttention, norm(prefix + "pre_feedforward_layernorm", hidden),
                feedForward, norm(prefix + "post_feedforward_layernorm", hidden));
    }

    private GroupedWeights grouped(String prefix, Attention.Grouped attention) {
        AttentionSpec heads = attention.spec();
        int keys = heads.kvHeads() * heads.headDim();
        Part[] parts = attention.fused()
                ? new Part[]{new Part(prefix + "qkv_proj", heads.qkvWidth())}
                : new Part[]{new Part(prefix + "q_proj", heads.queryWidth()), new Part(prefix + "k_proj", keys),
                    new Part(prefix + "v_proj", keys)};
        Linear qkv = packer.linear(prefix + "qkv_proj", attention.qkvBias(), hidden, parts);
        Linear output = packer.linear(prefix + "o_proj", attention.outputBias(), heads.queryWidth(),
                new Part(prefix + "o_proj", hidden));
        return new GroupedWeights(attention, qkv,
                attention.headNorms() ? norm(prefix + "q_norm", heads.headDim()) : null,
                attention.headNorms() ? norm(prefix + "k_norm", heads.headDim()) : null, output);
    }

    private LatentWeights latent(String prefix, Attention.Latent attention) {
        LatentAttentionSpec heads = attention.spec();
        int rank = attention.queryRank();
        QueryDown down = rank == 0
                ? null
                : new QueryDown(unbiased(prefix + "q_a_proj", rank, hidden), norm(prefix + "q_a_layernorm", rank),
                        rank);
        Linear query = down == null
                ? unbiased(prefix + "q_proj", heads.queryWidth(), hidden)
                : unbiased(prefix + "q_b_proj", heads.queryWidth(), rank);
        return new LatentWeights(attention, down, query,
                unbiased(prefix + "kv_a_proj_with_mqa", heads.rowWidth(), hidden),
                norm(prefix + "kv_a_layernorm", heads.rank()), packer.latent(prefix + "kv_b_proj", heads),
                unbiased(prefix + "o_proj", hidden, heads.outputWidth()));
    }

    private GatedWeights gated(String prefix, FeedForward.Gated gated) {
        int inner = gated.inner();
        Part[] parts = gated.fused()
                ? new Part[]{new Part(prefix + "gate_up_proj", 2 * inner)}
                : new Part[]{new Part(prefix + "gate_proj", inner), new Part(prefix + "up_proj", inner)};
        return new GatedWeights(gated, packer.linear(prefix + "gate_up_proj", gated.bias(), hidden, parts),
                packer.linear(prefix + "down_proj", gated.bias(), inner, new Part(prefix + "down_proj", hidden)));
    }

    private MixtureWeights mixture(String prefix, FeedForward.Mixture mixture) {
        MixtureNames names = mixture.names();
        int experts = mixture.spec().router().experts();
        int inner = mixture.spec().inner();
        String router = prefix + names.router();
        DeviceBuffer correction = mixture.correction()
                ? packer.vector(router + ".e_score_correction_bias", experts)
                : null;
        return new MixtureWeights(mixture, packer.plain(router, experts, hidden), correction,
                packer.experts(prefix + names.block() + ".gate_up", hidden, each(experts, i -> List.of(
                        new Part(prefix + names.expert(i) + names.gate(), inner),
                        new Part(prefix + names.expert(i) + names.up(), inner)))),
                packer.experts(prefix + names.block() + ".down", inner, each(experts, i -> List.of(
                        new Part(prefix + names.expert(i) + names.down(), hidden)))),
                mixture.shared().map(shared -> shared(prefix + names.shared(), shared)).orElse(null));
    }

    private SharedWeights shared(String name, FeedForward.Shared shared) {
        @Nullable
        Linear gate = shared.gated() ? packer.plain(name + "_gate", 1, hidden) : null;
        return new SharedWeights(gated(name + ".", shared.expert()), gate);
    }

    private static List<List<Part>> each(int experts, IntFunction<List<Part>> parts) {
        return IntStream.range(0, experts).mapToObj(parts).toList();
    }

    private Linear unbiased(String name, int outputs, int inputs) {
        return packer.linear(name, false, inputs, new Part(name, outputs));
    }

    private DeviceBuffer norm(String module, int size) {
        return packer.norm(module, size, spec.offsetNorms());
    }
}
