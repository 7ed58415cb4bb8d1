package io.barista.engine.cuda;

import io.barista.engine.cuda.HollowSafetensors.Tensor;
import java.util.ArrayList;
import java.util.List;

/** DeepSeek-V2-Lite: latent attention, and from the second layer on 64 experts of which a token uses 6 beside two shared ones. */
final class BenchmarkLatent implements BenchmarkShape {

    private static final int HIDDEN = 2_048;
    private static final int LAYERS = 27;
    private static final int HEADS = 16;
    private static final int RANK = 512;
    private static final int ROPE = 64;
    private static final int PLAIN = 128;
    private static final int VALUE = 128;
    private static final int EXPERTS = 64;
    private static final int PER_TOKEN = 6;
    private static final int SHARED = 2;
    private static final int INNER = 1_408;
    private static final int DENSE_INNER = 10_944;
    private static final int VOCABULARY = 102_400;

    @Override
    public String title() {
        return "deepseek-v2-lite";
    }

    @Override
    public int vocabulary() {
        return VOCABULARY;
    }

    @Override
    public long cacheBytesPerToken() {
        return 2L * LAYERS * (RANK + ROPE);
    }

    @Override
    public double expertsInUse() {
        return (double) PER_TOKEN / EXPERTS;
    }

    @Override
    public String config() {
        return """
                {"architectures": ["DeepseekV2ForCausalLM"], "model_type": "deepseek_v2", "vocab_size": %d,
                 "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": %d, "num_attention_heads": %d,
                 "num_key_value_heads": %d, "hidden_act": "silu", "max_position_embeddings": 16384,
                 "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "tie_word_embeddings": false,
                 "torch_dtype": "bfloat16", "attention_bias": false, "kv_lora_rank": %d, "qk_nope_head_dim": %d,
                 "qk_rope_head_dim": %d, "v_head_dim": %d, "q_lora_rank": null, "moe_intermediate_size": %d,
                 "n_shared_experts": %d, "n_routed_experts": %d, "num_experts_per_tok": %d,
                 "first_k_dense_replace": 1, "moe_layer_freq": 1, "scoring_func": "softmax", "norm_topk_prob": false,
                 "topk_method": "greedy", "n_group": 1, "topk_group": 1, "routed_scaling_factor": 1.0,
                 "eos_token_id": 399}
                """.formatted(VOCABULARY, HIDDEN, DENSE_INNER, LAYERS, HEADS, HEADS, RANK, PLAIN, ROPE, VALUE, INNER,
                SHARED, EXPERTS, PER_TOKEN);
    }

    @Override
    public List<Tensor> tensors() {
        List<Tensor> tensors = new ArrayList<>();
        tensors.add(new Tensor("model.embed_tokens.weight", VOCABULARY, HIDDEN));
        for (int i = 0; i < LAYERS; i++) {
            String layer = "model.layers." + i + ".";
            tensors.add(new Tensor(layer + "input_layernorm.weight", HIDDEN));
            tensors.add(new Tensor(layer + "post_attention_layernorm.weight", HIDDEN));
            tensors.add(new Tensor(layer + "self_attn.q_proj.weight", HEADS * (PLAIN + ROPE), HIDDEN));
            tensors.add(new Tensor(layer + "self_attn.kv_a_proj_with_mqa.weight", RANK + ROPE, HIDDEN));
            tensors.add(new Tensor(layer + "self_attn.kv_a_layernorm.weight", RANK));
            tensors.add(new Tensor(layer + "self_attn.kv_b_proj.weight", HEADS * (PLAIN + VALUE), RANK));
            tensors.add(new Tensor(layer + "self_attn.o_proj.weight", HIDDEN, HEADS * VALUE));
            if (i == 0) {
                BenchmarkMixture.addMlp(tensors, layer + "mlp.", HIDDEN, DENSE_INNER);
            } else {
                tensors.add(new Tensor(layer + "mlp.gate.weight", EXPERTS, HIDDEN));
                BenchmarkMixture.addMlp(tensors, layer + "mlp.shared_experts.", HIDDEN, SHARED * INNER);
                BenchmarkMixture.addExperts(tensors, layer, EXPERTS, HIDDEN, INNER);
            }
        }
        tensors.add(new Tensor("model.norm.weight", HIDDEN));
        tensors.add(new Tensor("lm_head.weight", VOCABULARY, HIDDEN));
        return tensors;
    }
}
