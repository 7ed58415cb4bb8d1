package io.barista.openai.embedding;

import io.barista.openai.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Documents in order of relevance, the best first. */
public record RerankResult(String id, String model, Usage usage, List<Item> results) {

    /**
     * @param index          of the document in the request
     * @param document       null when not wanted
     * @param relevanceScore the cosine of query and document, from -1 to 1
     */
    public record Item(int index, @Nullable Text document, double relevanceScore) {}

    public record Text(String text) {}
}
