package io.barista.engine.backend;

/**
 * What one adapter adds to one part of a packed matrix: {@code scale · b · (a · x)}. Tensors are float32, float16 or bfloat16, row-major.
 *
 * @param part index in {@link AdapterShape#outputs}
 * @param a    [rank, inputs]
 * @param b    [outputs of the part, rank]
 */
public record LowRank(int part, float scale, HostTensor a, HostTensor b) {

    public int rank() {
        return a.dim(0);
    }

    /** @throws IllegalArgumentException when it is not for that shape */
    public void requireFits(AdapterShape shape) {
        if (part < 0 || part >= shape.parts()) {
            throw new IllegalArgumentException("%s: part %d of %d".formatted(shape.name(), part, shape.parts()));
        }
        int outputs = shape.outputs().get(part);
        if (a.shape().size() != 2 || rank() < 1 || rank() > shape.maxRank() || !a.hasShape(rank(), shape.inputs())
                || !b.hasShape(outputs, rank())) {
            throw new IllegalArgumentException("%s: A %s and B %s for [%d, %d] at a rank of at most %d".formatted(
                    shape.name(), a.shape(), b.shape(), outputs, shape.inputs(), shape.maxRank()));
        }
    }
}
