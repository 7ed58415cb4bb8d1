package io.barista.engine.model;

/**
 * What a family calls its weights. Layer names are relative to {@link #layer}; projections stand without their
 * {@code .weight} and {@code .bias}.
 */
public record WeightNames(String embedding, String layers, String attentionNorm, String query, String key, String value,
        String output, String mlpNorm, String gate, String up, String down, String finalNorm, String head) {

    /** Llama's names, which most families took over. */
    static final WeightNames LLAMA = new WeightNames("model.embed_tokens", "model.layers", "input_layernorm",
            "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "post_attention_layernorm",
            "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj", "model.norm", "lm_head");

    String layer(int index, String name) {
        return layers + "." + index + "." + name;
    }
}
