package io.barista.engine.cpu;

import io.barista.engine.backend.AdapterMatrix;
import io.barista.engine.backend.AdapterShape;
import io.barista.engine.backend.AdapterUpdate;
import io.barista.engine.backend.LowRank;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Slots of adapters on the heap, each as large as the adapter in it: what is written over is free. */
final class CpuAdapters implements AdapterMatrix {

    private final AdapterShape shape;
    private final int[] firstColumns; // [parts + 1]
    private final @Nullable Factors[] factors; // [slots][parts]

    /**
     * One adapter's part of one matrix.
     *
     * @param a [rank, inputs]
     * @param b [rank, outputs]: transposed, so that additions run along outputs
     */
    record Factors(int rank, float scale, float[] a, float[] b) {}

    CpuAdapters(AdapterShape shape) {
        this.shape = shape;
        this.firstColumns = IntStream.rangeClosed(0, shape.parts()).map(shape::firstColumn).toArray();
        this.factors = new Factors[Math.multiplyExact(shape.slots(), shape.parts())];
    }

    @Override
    public AdapterShape shape() {
        return shape;
    }

    int inputs() {
        return shape.inputs();
    }

    int parts() {
        return shape.parts();
    }

    int outputs(int part) {
        return firstColumns[part + 1] - firstColumns[part];
    }

    int firstColumn(int part) {
        return firstColumns[part];
    }

    /** Of all parts together. */
    int width() {
        return firstColumns[shape.parts()];
    }

    /** Null where the slot is empty or its adapter leaves the part alone. */
    @Nullable
    Factors factors(int slot, int part) {
        return factors[slot * shape.parts() + part];
    }

    void write(int slot, AdapterUpdate update, CpuOps ops) {
        if (slot < 0 || slot >= shape.slots()) {
            throw new IllegalArgumentException("%s: slot %d of %d".formatted(shape.name(), slot, shape.slots()));
        }
        Factors[] parts = new Factors[shape.parts()];
        for (LowRank part : update.parts()) {
            parts[part.part()] = widen(part, ops);
        }
        System.arraycopy(parts, 0, factors, slot * shape.parts(), parts.length);
    }

    private static Factors widen(LowRank part, CpuOps ops) {
        HostTensors.requireFloatMatrix(part.a());
        HostTensors.requireFloatMatrix(part.b());
        int rank = part.rank();
        int outputs = part.b().dim(0);
        float[] a = new float[Math.multiplyExact(rank, part.a().dim(1))];
        HostTensors.widen(part.a().dtype(), part.a().data(), 0, a, a.length);
        ops.roundHere(a);
        float[] row = new float[rank];
        float[] b = new float[Math.multiplyExact(rank, outputs)];
        for (int output = 0; output < outputs; output++) {
            HostTensors.widen(part.b().dtype(), part.b().data(), (long) output * rank, row, rank);
            for (int r = 0; r < rank; r++) {
                b[r * outputs + output] = row[r];
            }
        }
        ops.roundHere(b);
        return new Factors(rank, part.scale(), a, b);
    }
}
