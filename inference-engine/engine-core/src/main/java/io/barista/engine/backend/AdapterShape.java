package io.barista.engine.backend;

import java.util.List;

/**
 * The room that adapters get beside one packed matrix.
 *
 * @param name    of the matrix, for messages
 * @param inputs  of the matrix
 * @param outputs of each of its parts, in the order in which they are stacked
 * @param slots   adapters that there is room for at the same time
 * @param maxRank the largest rank of one adapter
 */
public record AdapterShape(String name, int inputs, List<Integer> outputs, int slots, int maxRank) {

    public AdapterShape {
        if (inputs < 1 || outputs.isEmpty() || outputs.stream().anyMatch(count -> count < 1) || slots < 1
                || maxRank < 1) {
            throw new IllegalArgumentException("%s: inputs %d, outputs %s, slots %d, rank %d: each must be at least 1"
                    .formatted(name, inputs, outputs, slots, maxRank));
        }
        outputs = List.copyOf(outputs);
    }

    public int parts() {
        return outputs.size();
    }

    /** Of all parts together: the width of a row that adapters add to. */
    public int width() {
        return outputs.stream().mapToInt(Integer::intValue).sum();
    }

    /** The column at which a part begins. */
    public int firstColumn(int part) {
        return outputs.subList(0, part).stream().mapToInt(Integer::intValue).sum();
    }
}
