package io.barista.gateway.models;

import org.jspecify.annotations.Nullable;

/**
 * What a request is for.
 *
 * @param adapter of the model, as the client wrote it; null for the model itself
 */
public record Target(ServedModel model, @Nullable String adapter) {

    /** @param asked the model's id, or {@code id:adapter} */
    static Target of(ServedModel model, String asked) {
        return new Target(model,
                asked.length() == model.id().length() ? null : asked.substring(model.id().length() + 1));
    }
}
