package io.barista.openai.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model that can be asked.
 *
 * @param root        what it was loaded from, as a name
 * @param parent      the base model of an adapter
 * @param maxModelLen tokens of prompt and answer together
 * @param metadata    the same in Ray Serve LLM's words
 */
public record ModelCard(String id, String object, long created, String ownedBy, @Nullable String root,
        @JsonInclude @Nullable String parent, @Nullable Integer maxModelLen, List<Object> permission,
        @Nullable Map<String, Object> metadata) {

    public static ModelCard of(String id, long created, String root, int maxModelLen) {
        return new ModelCard(id, "model", created, "barista", root, null, maxModelLen, List.of(),
                Map.of("model_id", id, "input_modality", "text", "max_request_context_length", maxModelLen));
    }

    /** @param base what it adapts */
    public static ModelCard ofAdapter(String id, long created, String root, String base, int maxModelLen) {
        return new ModelCard(id, "model", created, "barista", root, base, maxModelLen, List.of(), Map.of("model_id", id,
                "base_model_id", base, "input_modality", "text", "max_request_context_length", maxModelLen));
    }
}
