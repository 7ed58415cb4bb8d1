package io.barista.engine.model;

import io.barista.engine.backend.MixtureSpec;
import io.barista.engine.backend.RouterSpec;
import java.util.List;
import java.util.Optional;

/** Qwen's mixtures: experts in every {@code decoder_sparse_step}-th layer but those of {@code mlp_only_layers}. */
final class QwenMixture {

    private QwenMixture() {}

    /** @param shared the expert that every token takes */
    static FeedForward of(ModelConfig config, int layer, Optional<FeedForward.Shared> shared) {
        ConfigFields fields = config.fields();
        int step = fields.optionalSize("decoder_sparse_step").orElse(1);
        List<Integer> plain = fields.ints("mlp_only_layers");
        if ((layer + 1) % step != 0 || plain.contains(layer)) {
            return PlainDecoder.gated(config, false);
        }
        // Qwen3's newer folders have the name that Mixtral's have.
        String experts = fields.has("num_local_experts") ? "num_local_experts" : "num_experts";
        RouterSpec router = Routers.ungrouped(fields, experts, RouterSpec.Scoring.SOFTMAX,
                fields.flag("norm_topk_prob", false));
        return new FeedForward.Mixture(new MixtureSpec(config.hiddenSize(), fields.size("moe_intermediate_size"),
                PlainDecoder.activation(config), router), MixtureNames.QWEN, false, shared);
    }
}
