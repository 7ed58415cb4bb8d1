package io.barista.engine.backend;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor in host memory, row-major, little-endian: most often a view into a mapped weights file, so nothing is copied until
 * a backend packs it.
 */
public record HostTensor(String name, DType dtype, List<Long> shape, MemorySegment data) {

    public long elements() {
        long product = 1;
        for (long dimension : shape) {
            product = Math.multiplyExact(product, dimension);
        }
        return product;
    }

    /** Size of a dimension. */
    public int dim(int axis) {
        return Math.toIntExact(shape.get(axis));
    }

    public boolean hasShape(long... expected) {
        return shape.equals(Arrays.stream(expected).boxed().toList());
    }
}
