package io.barista.engine.cuda;

import io.barista.engine.backend.Weight;
import java.util.Arrays;
import java.util.List;

/** Finds out whether parts can become one matrix, and matrices one pack. */
final class WeightStacks {

    private WeightStacks() {}

    /**
     * Of matrices given by the parts that are stacked by output.
     *
     * @return the outputs that each matrix has
     * @throws IllegalArgumentException when parts are not alike, or matrices not of equal size
     */
    static int requireAlike(String name, List<? extends List<? extends Weight>> matrices) {
        if (matrices.isEmpty() || matrices.getFirst().isEmpty()) {
            throw new IllegalArgumentException(name + " has no parts");
        }
        Weight first = matrices.getFirst().getFirst();
        int outputs = outputs(matrices.getFirst());
        for (List<? extends Weight> parts : matrices) {
            if (outputs(parts) != outputs) {
                throw new IllegalArgumentException("%s: %s has %d outputs, %s has %d".formatted(name,
                        parts.getFirst().name(), outputs(parts), first.name(), outputs));
            }
            for (Weight part : parts) {
                if (!alike(first, part) || !sameOrder(parts.getFirst(), part)) {
                    throw new IllegalArgumentException("%s: %s is %s; expected as in %s, which is %s".formatted(name,
                            part.name(), describe(part), first.name(), describe(first)));
                }
            }
        }
        return outputs;
    }

    private static int outputs(List<? extends Weight> parts) {
        return parts.stream().mapToInt(Weight::outputs).reduce(0, Math::addExact);
    }

    private static boolean alike(Weight first, Weight part) {
        return first.inputs() == part.inputs() && switch (first) {
            case Weight.Dense _ -> part instanceof Weight.Dense;
            case Weight.Int4 int4 -> part instanceof Weight.Int4 other && int4.groupSize() == other.groupSize()
                    && (int4.inputOrder() == null) == (other.inputOrder() == null);
            case Weight.Fp8 fp8 -> part instanceof Weight.Fp8 other && fp8.groupSize() == other.groupSize();
            case Weight.Int8 int8 -> part instanceof Weight.Int8 other && int8.groupSize() == other.groupSize();
        };
    }

    /** Of parts of one matrix, which are multiplied by the same reordered inputs. */
    private static boolean sameOrder(Weight first, Weight part) {
        return !(first instanceof Weight.Int4 int4) || !(part instanceof Weight.Int4 other)
                || Arrays.equals(int4.inputOrder(), other.inputOrder());
    }

    private static String describe(Weight weight) {
        String shape = "[%d, %d]".formatted(weight.outputs(), weight.inputs());
        return switch (weight) {
            case Weight.Dense dense -> dense.tensor().dtype() + " " + shape;
            case Weight.Int4 int4 -> "INT4 %s in groups of %d%s".formatted(shape, int4.groupSize(),
                    int4.inputOrder() == null ? "" : ", inputs reordered");
            case Weight.Fp8 fp8 -> "FLOAT8_E4M3 %s in groups of %d".formatted(shape, fp8.groupSize());
            case Weight.Int8 int8 -> "INT8 %s in groups of %d".formatted(shape, int8.groupSize());
        };
    }
}
