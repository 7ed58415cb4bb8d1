package io.barista.engine.cpu;

import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Matrix;
import io.barista.engine.backend.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Weights as their parts came, one above the other. */
record ScalarMatrix(String name, int outputs, int inputs, List<? extends Weight> parts) implements Matrix {

    static ScalarMatrix stack(String name, List<? extends Weight> parts, Arena arena) {
        int inputs = WeightRows.requireStackable(name, parts).inputs();
        int outputs = parts.stream().mapToInt(Weight::outputs).reduce(0, Math::addExact);
        return new ScalarMatrix(name, outputs, inputs, parts.stream().map(part -> copy(part, arena)).toList());
    }

    /** The weights of one output as floats. */
    void row(int output, float[] target) {
        int row = output;
        for (Weight part : parts) {
            if (row < part.outputs()) {
                WeightRows.read(part, row, target);
                return;
            }
            row -= part.outputs();
        }
        throw new IndexOutOfBoundsException("output %d of %s, which has %d".formatted(output, name, outputs));
    }

    private static Weight copy(Weight weight, Arena arena) {
        return switch (weight) {
            case Weight.Dense(HostTensor(var name, var dtype, var shape, var data)) ->
                new Weight.Dense(new HostTensor(name, dtype, shape, copy(data, arena)));
            case Weight.Int4 w -> new Weight.Int4(w.name(), w.outputs(), w.inputs(), w.groupSize(),
                    copy(w.codes(), arena), copy(w.scales(), arena), copy(w.zeros(), arena), w.inputOrder());
            case Weight.Fp8 w -> new Weight.Fp8(w.name(), w.outputs(), w.inputs(), w.groupSize(),
                    copy(w.codes(), arena), copy(w.scales(), arena), w.dynamicActivations());
            case Weight.Int8 w -> new Weight.Int8(w.name(), w.outputs(), w.inputs(), w.groupSize(),
                    copy(w.codes(), arena), copy(w.scales(), arena), w.dynamicActivations());
        };
    }

    private static MemorySegment copy(MemorySegment source, Arena arena) {
        return arena.allocate(source.byteSize(), 64).copyFrom(source);
    }
}
