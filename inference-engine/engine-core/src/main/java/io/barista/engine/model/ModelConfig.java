package io.barista.engine.model;

import io.barista.engine.backend.DType;
import java.util.List;
import java.util.Optional;

/**
 * The part of config.json that all decoder families share, in either of its public styles: transformers 4 ({@code rope_theta},
 * {@code rope_scaling}, {@code torch_dtype}) and transformers 5 ({@code rope_parameters}, {@code dtype}).
 *
 * @param architecture          the first of {@code architectures}, such as {@code LlamaForCausalLM}
 * @param vocabSize             rows of the embedding; may be larger than the tokenizer's vocabulary
 * @param hiddenSize            E
 * @param intermediateSize      width of the MLP
 * @param heads                 query heads H
 * @param kvHeads               key and value heads K
 * @param headDim               D, explicit or E/H
 * @param activation            {@code hidden_act}
 * @param maxPositionEmbeddings positions the model was made for
 * @param weightsDtype          what the file says its weights are stored in
 * @param fields                all of config.json, for what only one family knows
 */
public record ModelConfig(String architecture, String modelType, int vocabSize, int hiddenSize, int intermediateSize,
        int layers, int heads, int kvHeads, int headDim, String activation, float normEps, int maxPositionEmbeddings,
        RopeSpec rope, boolean tieWordEmbeddings, Optional<DType> weightsDtype, List<Integer> eosTokenIds,
        ConfigFields fields) {

    /** Longest context the model was made for: position embeddings times what its rope type stretches them by. */
    public int derivedMaxModelLen() {
        return Math.toIntExact((long) (maxPositionEmbeddings * rope.contextFactor()));
    }
}
