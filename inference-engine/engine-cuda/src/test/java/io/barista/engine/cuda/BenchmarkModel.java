package io.barista.engine.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Dense models. */
enum BenchmarkModel implements BenchmarkShape {

    LLAMA_3_1_8B("llama-3.1-8b", "LlamaForCausalLM", "llama", 4096, 14_336, 32, 32, 8, 128, 128_256, 131_072, 5e5,
            false,
            false),

    QWEN_2_5_0_5B("qwen2.5-0.5b", "Qwen2ForCausalLM", "qwen2", 896, 4864, 24, 14, 2, 64, 151_936, 32_768, 1e6, true,
            true);

    private final String title;
    private final String architecture;
    private final String type;
    private final int hidden;
    private final int inner;
    private final int layers;
    private final int heads;
    private final int kvHeads;
    private final int headDim;
    private final int vocabulary;
    private final int positions;
    private final double theta;
    private final boolean tied;
    private final boolean biased;

    BenchmarkModel(String title, String architecture, String type, int hidden, int inner, int layers, int heads,
            int kvHeads, int headDim, int vocabulary, int positions, double theta, boolean tied, boolean biased) {
        this.title = title;
        this.architecture = architecture;
        this.type = type;
        this.hidden = hidden;
        this.inner = inner;
        this.layers = layers;
        this.heads = heads;
        this.kvHeads = kvHeads;
        this.headDim = headDim;
        this.vocabulary = vocabulary;
        this.positions = positions;
        this.theta = theta;
        this.tied = tied;
        this.biased = biased;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public int vocabulary() {
        return vocabulary;
    }

    int layers() {
        return layers;
    }

    /** [outputs, inputs] of every matrix of a layer that adapters may change, by the name of its module in the layer. */
    Map<String, int[]> linears() {
        int queries = heads * headDim;
        int keys = kvHeads * headDim;
        return Map.of("self_attn.q_proj", new int[]{queries, hidden}, "self_attn.k_proj", new int[]{keys, hidden},
                "self_attn.v_proj", new int[]{keys, hidden}, "self_attn.o_proj", new int[]{hidden, queries},
                "mlp.gate_proj", new int[]{inner, hidden}, "mlp.up_proj", new int[]{inner, hidden}, "mlp.down_proj",
                new int[]{hidden, inner});
    }

    @Override
    public String config() {
        return """
                {"architectures": ["%s"], "model_type": "%s", "vocab_size": %d, "hidden_size": %d,
                 "intermediate_size": %d, "num_hidden_layers": %d, "num_attention_heads": %d,
                 "num_key_value_heads": %d, "hidden_act": "silu", "max_position_embeddings": %d,
                 "rms_norm_eps": 1e-05, "rope_theta": %s, "tie_word_embeddings": %s, "torch_dtype": "bfloat16",
                 "eos_token_id": 399}
                """.formatted(architecture, type, vocabulary, hidden, inner, layers, heads, kvHeads, positions, theta,
                tied);
    }

    @Override
    public long cacheBytesPerToken() {
        return 2L * 2 * layers * kvHeads * headDim;
    }

    @Override
    public List<HollowSafetensors.Tensor> tensors() {
        List<HollowSafetensors.Tensor> tensors = new ArrayList<>();
        tensors.add(new HollowSafetensors.Tensor("model.embed_tokens.weight", vocabulary, hidden));
        int queries = heads * headDim;
        int keys = kvHeads * headDim;
        for (int i = 0; i < layers; i++) {
            String layer = "model.layers." + i + ".";
            tensors.add(new HollowSafetensors.Tensor(layer + "input_layernorm.weight", hidden));
            tensors.add(new HollowSafetensors.Tensor(layer + "self_attn.q_proj.weight", queries, hidden));
            tensors.add(new HollowSafetensors.Tensor(layer + "self_attn.k_proj.weight", keys, hidden));
            tensors.add(new HollowSafetensors.Tensor(layer + "self_attn.v_proj.weight", keys, hidden));
            if (biased) {
                tensors.add(new HollowSafetensors.Tensor(layer + "self_attn.q_proj.bias", queries));
                tensors.add(new HollowSafetensors.Tensor(layer + "self_attn.k_proj.bias", keys));
                tensors.add(new HollowSafetensors.Tensor(layer + "self_attn.v_proj.bias", keys));
            }
            tensors.add(new HollowSafetensors.Tensor(layer + "self_attn.o_proj.weight", hidden, queries));
            tensors.add(new HollowSafetensors.Tensor(layer + "post_attention_layernorm.weight", hidden));
            tensors.add(new HollowSafetensors.Tensor(layer + "mlp.gate_proj.weight", inner, hidden));
            tensors.add(new HollowSafetensors.Tensor(layer + "mlp.up_proj.weight", inner, hidden));
            tensors.add(new HollowSafetensors.Tensor(layer + "mlp.down_proj.weight", hidden, inner));
        }
        tensors.add(new HollowSafetensors.Tensor("model.norm.weight", hidden));
        if (!tied) {
            tensors.add(new HollowSafetensors.Tensor("lm_head.weight", vocabulary, hidden));
        }
        return tensors;
    }
}
