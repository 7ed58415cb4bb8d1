package io.barista.engine.model;

import io.barista.engine.backend.DType;
import java.util.List;
import java.util.Optional;

/** config.json to {@link ModelConfig}: old and new key names, defaults, and the checks that need no weights. */
final class ModelConfigReader {

    private ModelConfigReader() {}

    static ModelConfig read(ConfigFields config) {
        List<String> architectures = config.texts("architectures");
        if (architectures.isEmpty()) {
            throw config.wrong("architectures", "a list with the model's class", "nothing");
        }
        ModelFamilies.of(architectures.getFirst()); // before keys that other architectures need not have
        int hidden = config.size("hidden_size");
        int heads = config.size("num_attention_heads");
        int kvHeads = config.optionalSize("num_key_value_heads").orElse(heads);
        if (heads % kvHeads != 0) {
            throw config.wrong("num_attention_heads", "a multiple of num_key_value_heads=" + kvHeads, heads);
        }
        return new ModelConfig(architectures.getFirst(), config.optionalText("model_type").orElse(""),
                config.size("vocab_size"), hidden, config.size("intermediate_size"), config.count("num_hidden_layers"),
                heads, kvHeads, activation(config), (float) config.optionalNumber("rms_norm_eps").orElse(1e-6),
                config.size("max_position_embeddings"), weightsDtype(config), config.ints("eos_token_id"), config);
    }

    /** Gemma's own key first: its folders may hold another in {@code hidden_act}, which nothing reads. */
    private static String activation(ConfigFields config) {
        return config.optionalText("hidden_activation").orElseGet(() -> config.text("hidden_act"));
    }

    private static Optional<DType> weightsDtype(ConfigFields config) {
        String key = config.has("dtype") ? "dtype" : "torch_dtype";
        return config.optionalText(key).map(name -> switch (name) {
            case "float32" -> DType.FLOAT32;
            case "float16" -> DType.FLOAT16;
            case "bfloat16" -> DType.BFLOAT16;
            default -> throw config.wrong(key, "float32, float16 or bfloat16", name);
        });
    }
}
