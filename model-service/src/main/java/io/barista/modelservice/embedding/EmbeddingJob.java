package io.barista.modelservice.embedding;

import io.barista.modelservice.answer.AnswerHeader;
import io.barista.modelservice.engine.EmbeddingModel;
import java.util.List;

/** Inputs, checked and tokenized: all that is left is to compute their embeddings. */
public record EmbeddingJob(EmbeddingModel model, AnswerHeader header, List<int[]> inputs) {

    /** Of all inputs. */
    public int tokens() {
        return inputs.stream().mapToInt(input -> input.length).sum();
    }
}
