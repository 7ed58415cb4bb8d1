package io.barista.openai.embedding;

import io.barista.openai.ServingFields;
import io.barista.openai.json.JsonFields;
import org.jspecify.annotations.Nullable;

/**
 * Texts to be embedded. {@code user} and fields nobody knows are read by nobody.
 *
 * @param model            null when left out
 * @param dimensions       how many numbers of each embedding are wanted, its beginning; null for all
 * @param normalize        whether embeddings are to have length 1; null for what the model does
 * @param addSpecialTokens let the tokenizer add its special tokens to an input given as text
 */
public record EmbeddingRequest(@Nullable String model, EmbeddingInput input, EncodingFormat encodingFormat,
        @Nullable Integer dimensions, @Nullable Boolean normalize, boolean addSpecialTokens, ServingFields serving) {

    public static EmbeddingRequest read(JsonFields fields) {
        Boolean normalize = fields.flag("normalize");
        return new EmbeddingRequest(fields.string("model"), EmbeddingInput.read(fields), EncodingFormat.read(fields),
                fields.integer("dimensions"), normalize == null ? fields.flag("use_activation") : normalize,
                fields.flag("add_special_tokens", true), ServingFields.read(fields));
    }
}
