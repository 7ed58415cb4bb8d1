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
        int hidden = config.size("hidden_size");
        int heads = config.size("num_attention_heads");
        int kvHeads = config.optionalSize("num_key_value_heads").orElse(heads);
        if (heads % kvHeads != 0) {
            throw config.wrong("num_attention_heads", "a multiple of num_key_value_heads=" + kvHeads, heads);
        }
        return new ModelConfig(architectures.getFirst(), config.optionalText("model_type").orElse(""),
                config.size("vocab_size"), hidden, config.size("intermediate_size"), config.size("num_hidden_layers"),
                heads, kvHeads, headDim(config, hidden, heads), config.text("hidden_act"),
                (float) config.optionalNumber("rms_norm_eps").orElse(1e-6), config.size("max_position_embeddings"),
                RopeReader.read(config), config.flag("tie_word_embeddings", false), weightsDtype(config),
                config.ints("eos_token_id"), config);
    }

    private static int headDim(ConfigFields config, int hidden, int heads) {
        Optional<Integer> explicit = config.optionalSize("head_dim");
        if (explicit.isEmpty() && hidden % heads != 0) {
            throw config.wrong("hidden_size", "a multiple of num_attention_heads=" + heads, hidden);
        }
        int headDim = explicit.orElse(hidden / heads);
        if (headDim % 2 != 0) {
            throw config.wrong("head_dim", "even, because rotary embedding turns pairs", headDim);
        }
        return headDim;
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
