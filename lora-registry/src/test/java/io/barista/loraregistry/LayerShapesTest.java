package io.barista.loraregistry;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.loraregistry.LayerShapes.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class LayerShapesTest {

    private static final Map<String, String> CONFIGS = Map.of(
            "llama", """
                    {"model_type": "llama", "hidden_size": 64, "intermediate_size": 160, "num_attention_heads": 4,
                     "num_key_value_heads": 2}""",
            "nulls", """
                    {"model_type": "mistral", "hidden_size": 64, "intermediate_size": 160, "num_attention_heads": 4,
                     "num_key_value_heads": null, "head_dim": null}""",
            "phi3", """
                    {"model_type": "phi3", "hidden_size": 64, "intermediate_size": 160, "num_attention_heads": 4,
                     "num_key_value_heads": 2}""",
            "gemma3", """
                    {"model_type": "gemma3_text", "hidden_size": 2560, "intermediate_size": 10240}""",
            "deepseek", """
                    {"model_type": "deepseek_v3", "hidden_size": 64, "intermediate_size": 160, "num_attention_heads": 4,
                     "num_key_value_heads": 4, "q_lora_rank": 30, "kv_lora_rank": 32, "qk_nope_head_dim": 16,
                     "qk_rope_head_dim": 8, "v_head_dim": 20, "moe_intermediate_size": 24, "n_shared_experts": 2}""",
            "qwen2-moe", """
                    {"model_type": "qwen2_moe", "hidden_size": 64, "intermediate_size": 160, "num_attention_heads": 4,
                     "moe_intermediate_size": 32, "shared_expert_intermediate_size": 48}""");

    @ParameterizedTest
    @CsvSource(textBlock = """
            llama,     self_attn.q_proj,             64,   64
            llama,     self_attn.k_proj,             64,   32
            llama,     self_attn.o_proj,             64,   64
            llama,     mlp.down_proj,                160,  64
            nulls,     self_attn.v_proj,             64,   64
            phi3,      self_attn.qkv_proj,           64,   128
            phi3,      mlp.gate_up_proj,             64,   320
            gemma3,    self_attn.q_proj,             2560, 0
            gemma3,    self_attn.o_proj,             0,    2560
            gemma3,    mlp.up_proj,                  2560, 10240
            deepseek,  self_attn.q_proj,             64,   96
            deepseek,  self_attn.q_a_proj,           64,   30
            deepseek,  self_attn.q_b_proj,           30,   96
            deepseek,  self_attn.kv_a_proj_with_mqa, 64,   40
            deepseek,  self_attn.kv_b_proj,          32,   144
            deepseek,  self_attn.o_proj,             80,   64
            deepseek,  mlp.gate_proj,                64,   160
            deepseek,  mlp.shared_experts.up_proj,   64,   48
            deepseek,  mlp.experts.3.down_proj,      24,   64
            qwen2-moe, mlp.shared_expert.gate_proj,  64,   48
            qwen2-moe, mlp.experts.0.up_proj,        64,   32
            """)
    void knowsWhatGoesIntoALayerAndComesOut(String family, String layer, long in, long out) {
        assertThat(shapes(family).of("model.layers.0." + layer)).contains(new Shape(in, out));
    }

    @Test
    void comparesNothingWithWhatIsNotKnown() {
        assertThat(new Shape(LayerShapes.UNKNOWN, 64).fits(17, 64)).isTrue();
        assertThat(new Shape(LayerShapes.UNKNOWN, 64).fits(17, 65)).isFalse();
    }

    @Test
    void knowsNoOtherLayers() {
        assertThat(shapes("llama").of("model.layers.0.mlp.gate")).isEmpty();
        assertThat(shapes("llama").of("lm_head")).isEmpty();
    }

    private static LayerShapes shapes(String family) {
        return new LayerShapes(JsonMapper.shared().readTree(CONFIGS.get(family)));
    }
}
