package io.barista.engine.cpu;

import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Weight;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/** Weights of any kind as the floats they stand for, by the formulas of {@link Weight}. */
final class WeightRows {

    private WeightRows() {}

    /** @param target receives the weights of one output in the order of the inputs */
    static void read(Weight weight, int output, float[] target) {
        switch (weight) {
            case Weight.Dense(HostTensor tensor) -> HostTensors.widen(tensor.dtype(), tensor.data(),
                    (long) output * weight.inputs(), target, weight.inputs());
            case Weight.Int4 int4 -> readInt4(int4, output, target);
            case Weight.Fp8 fp8 -> {
                long row = (long) output * fp8.inputs();
                for (int k = 0; k < fp8.inputs(); k++) {
                    target[k] = scale(fp8, output, k) * Float8.toFloat(fp8.codes().get(ValueLayout.JAVA_BYTE, row + k));
                }
            }
            case Weight.Int8 int8 -> {
                long row = (long) output * int8.inputs();
                for (int k = 0; k < int8.inputs(); k++) {
                    target[k] = scale(int8, output, k) * int8.codes().get(ValueLayout.JAVA_BYTE, row + k);
                }
            }
        }
    }

    private static void readInt4(Weight.Int4 weight, int output, float[] target) {
        int[] order = weight.inputOrder();
        for (int k = 0; k < weight.inputs(); k++) {
            int zero = weight.zeros().get(ValueLayout.JAVA_BYTE,
                    (long) output * weight.groups() + k / weight.groupSize());
            target[order == null ? k : order[k]] = scale(weight, output, k) * (code(weight, output, k) - zero);
        }
    }

    static int code(Weight.Int4 weight, int output, int k) {
        long at = output * Weight.Int4.rowBytes(weight.inputs()) + k / 2;
        return weight.codes().get(ValueLayout.JAVA_BYTE, at) >>> 4 * (k % 2) & 0xf;
    }

    private static float scale(Weight.Quantized weight, int output, int k) {
        return scale(weight.scales(), (long) output * weight.groups() + k / weight.groupSize());
    }

    static float scale(MemorySegment scales, long index) {
        return scales.get(HostTensors.FLOAT, index * Float.BYTES);
    }

    /** Refuses parts that cannot become one matrix. Returns the first, for what all of them share. */
    static Weight requireStackable(String name, List<? extends Weight> parts) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException(name + " has no parts");
        }
        Weight first = parts.getFirst();
        for (Weight part : parts) {
            if (part instanceof Weight.Dense(HostTensor tensor)) {
                HostTensors.requireFloatMatrix(tensor);
            }
            if (!alike(first, part)) {
                throw new IllegalArgumentException("%s: %s is %s; expected as in %s, which is %s".formatted(name,
                        part.name(), describe(part), first.name(), describe(first)));
            }
        }
        return first;
    }

    private static boolean alike(Weight first, Weight part) {
        return first.inputs() == part.inputs() && switch (first) {
            case Weight.Dense(HostTensor tensor) ->
                part instanceof Weight.Dense(HostTensor other) && tensor.dtype() == other.dtype();
            case Weight.Int4 int4 -> part instanceof Weight.Int4 other && int4.groupSize() == other.groupSize()
                    && Arrays.equals(int4.inputOrder(), other.inputOrder());
            case Weight.Fp8 fp8 -> part instanceof Weight.Fp8 other && fp8.groupSize() == other.groupSize();
            case Weight.Int8 int8 -> part instanceof Weight.Int8 other && int8.groupSize() == other.groupSize();
        };
    }

    private static String describe(Weight weight) {
        String shape = "[%d, %d]".formatted(weight.outputs(), weight.inputs());
        return switch (weight) {
            case Weight.Dense(HostTensor tensor) -> tensor.dtype() + " " + tensor.shape();
            case Weight.Int4 int4 -> "INT4 %s in groups of %d%s".formatted(shape, int4.groupSize(),
                    int4.inputOrder() == null ? "" : ", inputs reordered");
            case Weight.Fp8 fp8 -> "FLOAT8_E4M3 %s in groups of %d".formatted(shape, fp8.groupSize());
            case Weight.Int8 int8 -> "INT8 %s in groups of %d".formatted(shape, int8.groupSize());
        };
    }
}
