package io.barista.engine.lora;

import io.barista.engine.backend.AdapterUpdate;
import java.util.List;

/**
 * An adapter in the host's memory, checked against the model it is for. Immutable; its memory is free when nobody holds it any more.
 *
 * @param rank    the largest of its ranks
 * @param bytes   of its weights
 * @param updates what a slot holds for it, of every matrix that adapters may add to
 */
public record Adapter(AdapterId id, int rank, long bytes, List<AdapterUpdate> updates) {

    /** Equal ids are equal weights. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Adapter adapter && adapter.id.equals(id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
