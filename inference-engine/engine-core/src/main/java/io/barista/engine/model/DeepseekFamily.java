package io.barista.engine.model;

import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.LatentAttentionSpec.Pairs;
import io.barista.engine.backend.MixtureSpec;
import io.barista.engine.backend.RouterSpec;
import io.barista.engine.backend.RouterSpec.GroupScore;
import io.barista.engine.backend.RouterSpec.Scoring;
import io.barista.engine.model.DecoderSpec.Head;
import io.barista.engine.model.DecoderSpec.Layer;
import java.util.List;
import java.util.Optional;

/**
 * DeepSeek-V2 and V3 (and R1): latent attention, and after some plain layers experts with one or more shared by all tokens.
 *
 * @param usualChoice         {@code topk_method} where config.json has none
 * @param usualScoring        {@code scoring_func} where config.json has none
 * @param usuallyRenormalised {@code norm_topk_prob} where config.json has none
 */
record DeepseekFamily(String usualChoice, String usualScoring, boolean usuallyRenormalised) implements ModelFamily {

    static final DeepseekFamily V2 = new DeepseekFamily("greedy", "softmax", false);
    static final DeepseekFamily V3 = new DeepseekFamily("noaux_tc", "sigmoid", true);

    @Override
    public DecoderSpec spec(ModelConfig config) {
        ConfigFields fields = config.fields();
        if (fields.flag("attention_bias", false)) {
            throw fields.wrong("attention_bias", "false (no published DeepSeek model has biases)", true);
        }
        RopeSpec rope = RopeReader.read(fields);
        Attention attention = attention(config, rope);
        int plainLayers = fields.optionalInt("first_k_dense_replace").orElse(0);
        int step = fields.optionalSize("moe_layer_freq").orElse(1);
        FeedForward plain = PlainDecoder.gated(config, false);
        FeedForward mixture = mixture(config);
        Head head = fields.flag("tie_word_embeddings", false) ? Head.TIED : Head.OWN;
        return new DecoderSpec(config.vocabSize(), config.hiddenSize(), 1, config.normEps(), false, head, 0,
                List.of(PlainDecoder.rope(config, rope, fields.size("qk_rope_head_dim"))),
                PlainDecoder.layers(config,
                        i -> new Layer(attention, i >= plainLayers && i % step == 0 ? mixture : plain, false)),
                rope.contextLength(config.maxPositionEmbeddings()));
    }

    private static Attention attention(ModelConfig config, RopeSpec rope) {
        ConfigFields fields = config.fields();
        int plainDim = fields.size("qk_nope_head_dim");
        int ropeDim = fields.size("qk_rope_head_dim");
        if (ropeDim % 2 != 0) {
            throw fields.wrong("qk_rope_head_dim", "even, because rotary embedding turns pairs", ropeDim);
        }
        int rank = fields.size("kv_lora_rank");
        int valueDim = fields.size("v_head_dim");
        fields.width("num_attention_heads", config.heads(), (long) plainDim + ropeDim + valueDim);
        fields.width("num_attention_heads", config.heads(), (long) rank + ropeDim);
        double scale = 1 / Math.sqrt(plainDim + ropeDim) * yarnScale(fields, rope);
        Pairs pairs = fields.flag("rope_interleave", true) ? Pairs.NEIGHBOURS : Pairs.HALVES;
        return new Attention.Latent(
                new LatentAttentionSpec(config.heads(), rank, plainDim, ropeDim, valueDim, (float) scale, pairs), 0,
                fields.optionalSize("q_lora_rank").orElse(0));
    }

    /** Of a yarn with {@code mscale_all_dim}: the square of its magnitude, on the logits of attention. */
    private static double yarnScale(ConfigFields fields, RopeSpec rope) {
        if (!(rope instanceof RopeSpec.Yarn yarn)) {
            return 1;
        }
        double scaleOfAll = RopeReader.parametersIn(fields).map(place -> place.optionalNumber("mscale_all_dim"))
                .orElseThrow().orElse(0);
        double magnitude = scaleOfAll == 0 ? 1 : RopeReader.magnitude(yarn.factor(), scaleOfAll);
        return magnitude * magnitude;
    }

    private FeedForward mixture(ModelConfig config) {
        ConfigFields fields = config.fields();
        int inner = fields.size("moe_intermediate_size");
        RouterSpec router = router(fields);
        Optional<FeedForward.Shared> shared = fields.optionalSize("n_shared_experts")
                .map(count -> new FeedForward.Shared(
                        new FeedForward.Gated(fields.width("n_shared_experts", count, inner),
                                PlainDecoder.activation(config), false, false),
                        false));
        return new FeedForward.Mixture(
                new MixtureSpec(config.hiddenSize(), inner, PlainDecoder.activation(config), router),
                MixtureNames.DEEPSEEK, router.groupScore() == GroupScore.SUM_OF_BEST_TWO, shared);
    }

    private RouterSpec router(ConfigFields fields) {
        int experts = fields.count("n_routed_experts");
        int perToken = Routers.perToken(fields, "n_routed_experts", experts);
        String scoringName = fields.optionalText("scoring_func").orElse(usualScoring);
        Scoring scoring = switch (scoringName) {
            case "softmax" -> Scoring.SOFTMAX;
            case "sigmoid" -> Scoring.SIGMOID;
            default -> throw fields.wrong("scoring_func", "softmax or sigmoid", scoringName);
        };
        boolean renormalise = fields.flag("norm_topk_prob", usuallyRenormalised);
        float scale = (float) fields.optionalNumber("routed_scaling_factor").orElse(1);
        String method = fields.optionalText("topk_method").orElse(usualChoice);
        return switch (method) {
            case "greedy" -> RouterSpec.ungrouped(experts, perToken, scoring, renormalise, scale);
            case "group_limited_greedy" -> grouped(fields, experts, perToken, scoring, GroupScore.BEST, renormalise,
                    scale);
            case "noaux_tc" -> grouped(fields, experts, perToken, scoring, GroupScore.SUM_OF_BEST_TWO, renormalise,
                    scale);
            default -> throw fields.wrong("topk_method", "one of greedy, group_limited_greedy, noaux_tc", method);
        };
    }

    private static RouterSpec grouped(ConfigFields fields, int experts, int perToken, Scoring scoring,
            GroupScore groupScore, boolean renormalise, float scale) {
        int groups = fields.size("n_group");
        int kept = fields.size("topk_group");
        if (experts % groups != 0) {
            throw fields.wrong("n_group", "a divisor of n_routed_experts=" + experts, groups);
        }
        if (kept > groups || kept * (experts / groups) < perToken) {
            throw fields.wrong("topk_group", "at most n_group=%d, with num_experts_per_tok=%d experts in them"
                    .formatted(groups, perToken), kept);
        }
        return new RouterSpec(experts, perToken, scoring, groups, kept, groupScore, renormalise, scale);
    }
}
