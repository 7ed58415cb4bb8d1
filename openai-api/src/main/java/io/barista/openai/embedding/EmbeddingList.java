package io.barista.openai.embedding;

import io.barista.openai.Usage;
import java.util.List;

/**
 * The embeddings asked for, in the order of the inputs.
 *
 * @param created seconds since 1970
 */
public record EmbeddingList(String id, String object, long created, String model, List<Item> data, Usage usage) {

    public static final String OBJECT = "list";

    /** @param embedding an array of floats, or text in base64 */
    public record Item(int index, String object, Object embedding) {

        public static Item of(int index, Object embedding) {
            return new Item(index, "embedding", embedding);
        }
    }
}
