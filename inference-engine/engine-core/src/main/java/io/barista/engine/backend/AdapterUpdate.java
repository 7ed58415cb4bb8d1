package io.barista.engine.backend;

import java.util.List;

/**
 * What a slot of one matrix is to hold from now on.
 *
 * @param parts at most one for each part of the matrix; parts without one are left alone by the adapter, all of them when there is none
 */
public record AdapterUpdate(AdapterMatrix matrix, List<LowRank> parts) {

    public AdapterUpdate {
        parts = List.copyOf(parts);
        parts.forEach(part -> part.requireFits(matrix.shape()));
        if (parts.stream().mapToInt(LowRank::part).distinct().count() != parts.size()) {
            throw new IllegalArgumentException("%s: two additions to one part".formatted(matrix.shape().name()));
        }
    }
}
