package io.barista.openai.embedding;

import io.barista.openai.ServingFields;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.JsonFields;
import io.barista.openai.json.JsonValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Documents to be ordered by how well they fit a query; Jina's and Cohere's request, as vLLM takes it.
 *
 * @param model           null when left out
 * @param topN            how many results are wanted; null for all
 * @param returnDocuments whether results carry their texts
 * @param maxTokensPerDoc where longer documents are cut (Cohere); null for nowhere
 */
public record RerankRequest(@Nullable String model, String query, List<String> documents, @Nullable Integer topN,
        boolean returnDocuments, @Nullable Integer maxTokensPerDoc, boolean addSpecialTokens, ServingFields serving) {

    public static RerankRequest read(JsonFields fields) {
        List<String> documents = fields.required("documents").elements().stream().map(Document::plain).toList();
        if (documents.isEmpty()) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "documents",
                    "At least one text_pair element must be given");
        }
        JsonValue query = fields.required("query");
        return new RerankRequest(fields.string("model"), Document.plain(query), documents, topN(fields),
                fields.flag("return_documents", true), fields.integer("max_tokens_per_doc"),
                fields.flag("add_special_tokens", true), ServingFields.read(fields));
    }

    /** 0 is vLLM's default and means all. */
    private static @Nullable Integer topN(JsonFields fields) {
        Integer topN = fields.integer("top_n");
        if (topN != null && topN < 0) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "top_n", "top_n must be at least 0, got %d.", topN);
        }
        return topN == null || topN == 0 ? null : topN;
    }
}
