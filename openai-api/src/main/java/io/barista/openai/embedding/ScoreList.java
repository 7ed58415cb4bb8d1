package io.barista.openai.embedding;

import io.barista.openai.Usage;
import java.util.List;

/**
 * How alike texts are, pair by pair.
 *
 * @param created seconds since 1970
 */
public record ScoreList(String id, String object, long created, String model, List<Score> data, Usage usage) {

    public static final String OBJECT = "list";

    /** @param score the cosine of the two embeddings, from -1 to 1 */
    public record Score(int index, String object, double score) {

        public static Score of(int index, double score) {
            return new Score(index, "score", score);
        }
    }
}
