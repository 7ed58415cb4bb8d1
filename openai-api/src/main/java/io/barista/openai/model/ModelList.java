package io.barista.openai.model;

import java.util.List;

/** The answer of {@code /v1/models}. */
public record ModelList(String object, List<ModelCard> data) {

    public static ModelList of(List<ModelCard> models) {
        return new ModelList("list", models);
    }
}
