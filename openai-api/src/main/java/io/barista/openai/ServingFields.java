package io.barista.openai;

import io.barista.openai.json.JsonFields;
import org.jspecify.annotations.Nullable;

/**
 * vLLM's fields on how a request is served, whatever it generates.
 *
 * @param priority             lower is served earlier
 * @param cacheSalt            only requests of the same salt share prefixes; null when absent
 * @param truncatePromptTokens how many tokens of a longer prompt are kept, -1 as many as fit; null keeps all
 * @param truncationSide       {@code left} drops a prompt's beginning, {@code right} its end; null when absent
 */
public record ServingFields(int priority, @Nullable String cacheSalt, @Nullable Integer truncatePromptTokens,
        @Nullable String truncationSide) {

    public static ServingFields read(JsonFields fields) {
        Integer priority = fields.integer("priority");
        return new ServingFields(priority == null ? 0 : priority, fields.string("cache_salt"),
                fields.integer("truncate_prompt_tokens"), fields.string("truncation_side"));
    }
}
