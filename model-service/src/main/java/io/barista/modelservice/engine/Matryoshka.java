package io.barista.modelservice.engine;

import io.barista.engine.model.ConfigFields;
import io.barista.engine.model.ModelConfig;
import java.util.List;

/** Models trained so that the beginning of an embedding is an embedding, too. */
final class Matryoshka {

    private static final String DIMENSIONS = "matryoshka_dimensions";

    private Matryoshka() {}

    /** The lengths of beginnings that the model was trained for; empty when config.json says nothing of them. */
    static List<Integer> dimensions(ModelConfig config) {
        ConfigFields fields = config.fields();
        return fields.has(DIMENSIONS) ? fields.ints(DIMENSIONS) : List.of();
    }
}
