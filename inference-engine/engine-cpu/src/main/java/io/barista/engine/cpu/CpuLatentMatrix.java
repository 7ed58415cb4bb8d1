package io.barista.engine.cpu;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.LatentMatrix;
import io.barista.engine.backend.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Multiplied into queries and results rather than expanding every token's latent.
 *
 * @param keys   of each head [rank, plainDim]: from a query to what is compared with latents
 * @param values of each head [valueDim, rank]: from a sum of latents to a result
 */
record CpuLatentMatrix(String name, LatentAttentionSpec spec, List<Matrix> keys, List<Matrix> values)
        implements
            LatentMatrix {

    /** @param pack packs one matrix */
    static CpuLatentMatrix pack(HostTensor weight, LatentAttentionSpec spec,
            Function<HostTensor, Matrix> pack) {
        HostTensors.requireFloating(weight);
        if (!weight.hasShape(spec.expandedWidth(), spec.rank())) {
            throw new IllegalArgumentException("%s is %s, expected [%d, %d]".formatted(weight.name(), weight.shape(),
                    spec.expandedWidth(), spec.rank()));
        }
        List<Matrix> keys = new ArrayList<>();
        List<Matrix> values = new ArrayList<>();
        try (Arena arena = Arena.ofShared()) {
            for (int head = 0; head < spec.heads(); head++) {
                int from = head * (spec.plainDim() + spec.valueDim());
                keys.add(pack.apply(transposed(weight, from, spec.plainDim(), arena)));
                values.add(pack.apply(rows(weight, from + spec.plainDim(), spec.valueDim())));
            }
        }
        return new CpuLatentMatrix(weight.name(), spec, List.copyOf(keys), List.copyOf(values));
    }

    private static HostTensor rows(HostTensor weight, int from, int count) {
        long rowBytes = (long) weight.dim(1) * weight.dtype().bytes();
        return new HostTensor(weight.name(), weight.dtype(), List.of((long) count, (long) weight.dim(1)),
                weight.data().asSlice(from * rowBytes, count * rowBytes));
    }

    private static HostTensor transposed(HostTensor weight, int from, int count, Arena arena) {
        DType dtype = weight.dtype();
        int columns = weight.dim(1);
        MemorySegment data = arena.allocate((long) count * columns * dtype.bytes(), Long.BYTES);
        for (int row = 0; row < count; row++) {
            for (int column = 0; column < columns; column++) {
                MemorySegment.copy(weight.data(), ((long) (from + row) * columns + column) * dtype.bytes(), data,
                        ((long) column * count + row) * dtype.bytes(), dtype.bytes());
            }
        }
        return new HostTensor(weight.name(), dtype, List.of((long) columns, (long) count), data);
    }
}
