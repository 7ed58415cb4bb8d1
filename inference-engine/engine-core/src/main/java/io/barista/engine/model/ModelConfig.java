package io.barista.engine.model;

import io.barista.engine.backend.DType;
import java.util.List;
import java.util.Optional;

/**
 * The part of config.json that all decoder families share, in either of its public styles: transformers 4 ({@code rope_theta},
 * {@code rope_scaling}, {@code torch_dtype}) and transformers 5 ({@code rope_parameters}, {@code dtype}). What a family reads in its own way, such as rope, is left to it.
 *
 * @param architecture          the first of {@code architectures}, such as {@code LlamaForCausalLM}
 * @param vocabSize             rows of the embedding; may be larger than the tokenizer's vocabulary
 * @param hiddenSize            E
 * @param intermediateSize      width of the MLP
 * @param heads                 query heads H
 * @param kvHeads               key and value heads K
 * @param activation            {@code hidden_act}
 * @param maxPositionEmbeddings positions the model was made for
 * @param weightsDtype          what the file says its weights are stored in
 * @param fields                all of config.json, for what only one family knows
 */
public record ModelConfig(String architecture, String modelType, int vocabSize, int hiddenSize, int intermediateSize,
        int layers, int heads, int kvHeads, String activation, float normEps, int maxPositionEmbeddings,
        Optional<DType> weightsDtype, List<Integer> eosTokenIds, ConfigFields fields) {

    /**
     * D, explicit or E/H.
     *
     * @throws io.barista.engine.EngineException INVALID_MODEL unless it is even
     */
    public int headDim() {
        Optional<Integer> explicit = fields.optionalSize("head_dim");
        if (explicit.isEmpty() && hiddenSize % heads != 0) {
            throw fields.wrong("hidden_size", "a multiple of num_attention_heads=" + heads, hiddenSize);
        }
        int headDim = explicit.orElse(hiddenSize / heads);
        if (headDim % 2 != 0) {
            throw fields.wrong("head_dim", "even, because rotary embedding turns pairs", headDim);
        }
        return headDim;
    }

    /** Keys that a query sees, itself included; 0 sees all before it. */
    public int slidingWindow() {
        return fields.optionalSize("sliding_window").orElse(0);
    }
}
