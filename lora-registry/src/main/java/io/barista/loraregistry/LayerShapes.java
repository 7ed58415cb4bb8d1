package io.barista.loraregistry;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What goes into the linear layers of a base model and comes out, as far as its {@code config.json} says. Families have defaults for what
 * theirs leaves out; what is not known here the engine still compares with the weights.
 */
final class LayerShapes {

    static final long UNKNOWN = 0;

    private final JsonNode config;
    private final boolean hasOwnDefaults;
    private final long hidden;
    private final long heads;

    /** @param config with the fields of the language model at its top */
    LayerShapes(JsonNode config) {
        this.config = config;
        String family = config.path("model_type").asString("");
        this.hasOwnDefaults = family.startsWith("gemma") || family.startsWith("qwen3");
        this.hidden = size("hidden_size");
        this.heads = size("num_attention_heads");
    }

    /** Features, or {@link #UNKNOWN}. */
    record Shape(long in, long out) {

        boolean fits(long otherIn, long otherOut) {
            return (in == UNKNOWN || in == otherIn) && (out == UNKNOWN || out == otherOut);
        }
    }

    /** How many layers of the model are numbered. */
    long layers() {
        long layers = size("num_hidden_layers");
        return layers == UNKNOWN ? Long.MAX_VALUE : layers;
    }

    /** Empty when it is no layer that an adapter can stand beside. */
    Optional<Shape> of(String module) {
        return Optional.ofNullable(switch (module.substring(module.lastIndexOf('.') + 1)) {
            case "q_proj" -> new Shape(hidden, isLatent() ? times(heads, latentHead()) : queries());
            case "k_proj", "v_proj" -> new Shape(hidden, keys());
            case "qkv_proj" -> new Shape(hidden, plus(queries(), times(2, keys())));
            case "o_proj" -> new Shape(isLatent() ? times(heads, size("v_head_dim")) : queries(), hidden);
            case "q_a_proj" -> new Shape(hidden, size("q_lora_rank"));
            case "q_b_proj" -> new Shape(size("q_lora_rank"), times(heads, latentHead()));
            case "kv_a_proj_with_mqa" -> new Shape(hidden, plus(size("kv_lora_rank"), size("qk_rope_head_dim")));
            case "kv_b_proj" -> new Shape(size("kv_lora_rank"),
                    times(heads, plus(size("qk_nope_head_dim"), size("v_head_dim"))));
            case "gate_proj", "up_proj", "w1", "w3" -> new Shape(hidden, inner(module));
            case "gate_up_proj" -> new Shape(hidden, times(2, inner(module)));
            case "down_proj", "w2" -> new Shape(inner(module), hidden);
            default -> null;
        });
    }

    private boolean isLatent() {
        return size("kv_lora_rank") != UNKNOWN;
    }

    private long latentHead() {
        return plus(size("qk_nope_head_dim"), size("qk_rope_head_dim"));
    }

    private long queries() {
        return times(heads, head());
    }

    private long keys() {
        long keyHeads = size("num_key_value_heads");
        return times(keyHeads == UNKNOWN && !hasOwnDefaults ? heads : keyHeads, head());
    }

    private long head() {
        long head = size("head_dim");
        return head != UNKNOWN || hasOwnDefaults || heads == UNKNOWN ? head : hidden / heads;
    }

    private long inner(String module) {
        long ofExperts = size("moe_intermediate_size");
        if (module.contains(".experts.") && ofExperts != UNKNOWN) {
            return ofExperts;
        }
        if (module.contains(".shared_expert.")) {
            return size("shared_expert_intermediate_size");
        }
        return module.contains(".shared_experts.")
                ? times(ofExperts, size("n_shared_experts"))
                : size("intermediate_size");
    }

    private long size(String key) {
        JsonNode value = config.path(key);
        return value.isIntegralNumber() && value.canConvertToInt() ? value.intValue() : UNKNOWN;
    }

    private static long times(long one, long other) {
        return one * other; // unknown where one of them is
    }

    private static long plus(long one, long other) {
        return one == UNKNOWN || other == UNKNOWN ? UNKNOWN : one + other;
    }
}
