package io.barista.engine.cuda;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Weight;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Lays out weights of any kind on the device: quantised ones stay as small as they are on disk. */
final class WeightPacking {

    private final WeightTarget memory;
    private final Element element;

    WeightPacking(WeightTarget memory, Element element) {
        this.memory = memory;
        this.element = element;
    }

    /** @param matrices of each, the parts that are stacked by output */
    PackedWeights pack(String name, List<? extends List<? extends Weight>> matrices) {
        int outputs = WeightStacks.requireAlike(name, matrices);
        PackedWeights packed = allocate(name, matrices.size(), outputs, matrices.getFirst().getFirst());
        long row = 0;
        for (int i = 0; i < matrices.size(); i++) {
            for (Weight part : matrices.get(i)) {
                write(part, packed, row);
                row += part.outputs();
            }
            if (packed.isOrdered() && matrices.get(i).getFirst() instanceof Weight.Int4 int4) {
                writeOrder(int4, packed.order() + (long) i * packed.inputs() * Integer.BYTES);
            }
        }
        return packed;
    }

    private PackedWeights allocate(String name, int count, int outputs, Weight like) {
        int inputs = like.inputs();
        WeightKind kind = WeightKind.of(like);
        long rows = Math.multiplyExact((long) count, outputs);
        long weights = memory.allocate(name, Math.multiplyExact(rows, kind.rowBytes(inputs, element)));
        return switch (like) {
            case Weight.Dense _ -> PackedWeights.dense(count, outputs, inputs, weights);
            case Weight.Quantized quantized -> {
                long groups = Math.multiplyExact(rows, (long) quantized.groups());
                boolean ordered = quantized instanceof Weight.Int4 int4 && int4.inputOrder() != null;
                yield new PackedWeights(count, outputs, inputs, kind, quantized.groupSize(), weights,
                        memory.allocate(name + "'s scales", groups * Float.BYTES),
                        kind == WeightKind.INT4 ? memory.allocate(name + "'s zeros", wholeWords(groups)) : 0,
                        ordered ? memory.allocate(name + "'s order", (long) count * inputs * Integer.BYTES) : 0);
            }
        };
    }

    /** @param row of the pack, at which the part begins */
    private void write(Weight part, PackedWeights packed, long row) {
        long weights = packed.weights() + row * packed.kind().rowBytes(part.inputs(), element);
        switch (part) {
            case Weight.Dense dense -> memory.writeElements(dense.tensor(), weights);
            case Weight.Quantized quantized -> {
                long groups = row * quantized.groups();
                memory.writeCodes(quantized, weights, packed.scales() + groups * Float.BYTES);
                if (quantized instanceof Weight.Int4 int4) {
                    write(part.name(), DType.INT8, int4.zeros(), packed.zeros() + groups);
                }
            }
        }
    }

    /** Kernels read a zero with the word around it. */
    private static long wholeWords(long bytes) {
        return Math.ceilDiv(bytes, Integer.BYTES) * Integer.BYTES;
    }

    private void writeOrder(Weight.Int4 weight, long address) {
        int[] order = weight.inputOrder();
        if (order == null) {
            throw new IllegalArgumentException(weight.name() + " has no order of inputs");
        }
        write(weight.name(), DType.INT32, MemorySegment.ofArray(order), address);
    }

    private void write(String name, DType type, MemorySegment data, long address) {
        memory.write(asItIs(name, type, data), type, address);
    }

    /** Of one dimension. */
    static HostTensor asItIs(String name, DType type, MemorySegment data) {
        return new HostTensor(name, type, List.of(data.byteSize() / type.bytes()), data);
    }
}
