package io.barista.engine.cuda;

import io.barista.engine.cuda.HollowSafetensors.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Qwen3-30B-A3B: 128 experts of which a token uses 8, and heads that are normalised. */
final class BenchmarkMixture implements BenchmarkShape {

    private static final int HIDDEN = 2_048;
    private static final int LAYERS = 48;
    private static final int HEADS = 32;
    private static final int KV_HEADS = 4;
    private static final int HEAD_DIM = 128;
    private static final int EXPERTS = 128;
    private static final int PER_TOKEN = 8;
    private static final int INNER = 768;
    private static final int VOCABULARY = 151_936;

    @Override
    public String title() {
        return "qwen3-30b-a3b";
    }

    @Override
    public int vocabulary() {
        return VOCABULARY;
    }

    @Override
    public long cacheBytesPerToken() {
        return 2L * 2 * LAYERS * KV_HEADS * HEAD_DIM;
    }

    @Override
    public double expertsInUse() {
        return (double) PER_TOKEN / EXPERTS;
    }

    @Override
    public String config() {
        return """
                {"architectures": ["Qwen3MoeForCausalLM"], "model_type": "qwen3_moe", "vocab_size": %d,
                 "hidden_size": %d, "intermediate_size": 6144, "num_hidden_layers": %d, "num_attention_heads": %d,
                 "num_key_value_heads": %d, "head_dim": %d, "hidden_act": "silu", "max_position_embeddings": 40960,
                 "rms_norm_eps": 1e-06, "rope_theta": 1000000.0, "tie_word_embeddings": false,
                 "torch_dtype": "bfloat16", "attention_bias": false, "moe_intermediate_size": %d, "num_experts": %d,
                 "num_experts_per_tok": %d, "norm_topk_prob": true, "decoder_sparse_step": 1, "mlp_only_layers": [],
                 "use_sliding_window": false, "eos_token_id": 399}
                """.formatted(VOCABULARY, HIDDEN, LAYERS, HEADS, KV_HEADS, HEAD_DIM, INNER, EXPERTS, PER_TOKEN);
    }

    @Override
    public List<Tensor> tensors() {
        List<Tensor> tensors = new ArrayList<>();
        tensors.add(new Tensor("model.embed_tokens.weight", VOCABULARY, HIDDEN));
        for (int i = 0; i < LAYERS; i++) {
            String layer = "model.layers." + i + ".";
            tensors.add(new Tensor(layer + "input_layernorm.weight", HIDDEN));
            tensors.add(new Tensor(layer + "post_attention_layernorm.weight", HIDDEN));
            tensors.add(new Tensor(layer + "self_attn.q_proj.weight", HEADS * HEAD_DIM, HIDDEN));
            tensors.add(new Tensor(layer + "self_attn.k_proj.weight", KV_HEADS * HEAD_DIM, HIDDEN));
            tensors.add(new Tensor(layer + "self_attn.v_proj.weight", KV_HEADS * HEAD_DIM, HIDDEN));
            tensors.add(new Tensor(layer + "self_attn.o_proj.weight", HIDDEN, HEADS * HEAD_DIM));
            tensors.add(new Tensor(layer + "self_attn.q_norm.weight", HEAD_DIM));
            tensors.add(new Tensor(layer + "self_attn.k_norm.weight", HEAD_DIM));
            tensors.add(new Tensor(layer + "mlp.gate.weight", EXPERTS, HIDDEN));
            addExperts(tensors, layer, EXPERTS, HIDDEN, INNER);
        }
        tensors.add(new Tensor("model.norm.weight", HIDDEN));
        tensors.add(new Tensor("lm_head.weight", VOCABULARY, HIDDEN));
        return tensors;
    }

    static void addExperts(List<Tensor> tensors, String layer, int experts, int hidden, int inner) {
        for (int expert = 0; expert < experts; expert++) {
            addMlp(tensors, layer + "mlp.experts." + expert + ".", hidden, inner);
        }
    }

    static void addMlp(List<Tensor> tensors, String name, int hidden, int inner) {
        tensors.add(new Tensor(name + "gate_proj.weight", inner, hidden));
        tensors.add(new Tensor(name + "up_proj.weight", inner, hidden));
        tensors.add(new Tensor(name + "down_proj.weight", hidden, inner));
    }
}
