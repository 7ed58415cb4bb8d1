package io.barista.engine.cuda;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Each expert's matrix times the rows that chose it, in one launch: on tensor cores, or by a plain kernel for float32 and for codes
 * whose rows are not aligned.
 */
final class GroupedMatmul {

    private static final int TILE = 64;
    private static final int OUTPUTS_PER_BLOCK = 8;
    private static final int OPERAND_BYTES = TILE * 9 * 16;
    private static final int STAGES = 4;

    private final KernelLoader loader;
    private final Element element;
    private final Map<WeightKind, Kernels> kernels = new EnumMap<>(WeightKind.class);

    /** @param tiled null for float32 */
    private record Kernels(@Nullable Kernel tiled, Kernel plain) {}

    GroupedMatmul(KernelLoader loader, Element element) {
        this.loader = loader;
        this.element = element;
    }

    /** To be called for every pack before the first product. */
    void prepare(PackedWeights w) {
        kernels.computeIfAbsent(w.kind(), this::load);
    }

    private Kernels load(WeightKind kind) {
        Map<String, Integer> macros = Map.of("WEIGHT", kind.macro());
        Kernel plain = loader.load("grouped_plain", "grouped_plain", 256, macros);
        if (element == Element.FLOAT32) {
            return new Kernels(null, plain);
        }
        Kernel tiled = kind == WeightKind.DENSE
                ? loader.load("grouped_matmul", 128)
                : loader.load("grouped_quantized", "grouped_quantized", 128, macros);
        tiled.sharedMemory(sharedBytes(kind));
        return new Kernels(tiled, plain);
    }

    /** As the kernels' heads say. */
    static int sharedBytes(WeightKind kind) {
        return switch (kind) {
            case DENSE -> STAGES * 2 * OPERAND_BYTES;
            case INT4 -> STAGES * (OPERAND_BYTES + 2_048) + 2 * OPERAND_BYTES;
            case INT8, FP8 -> STAGES * (OPERAND_BYTES + 4_096) + 2 * OPERAND_BYTES;
        };
    }

    /**
     * @param x        [rows, inputs]
     * @param slotRows address of the row of x that each slot computes; 0 where slots have their own rows
     * @param starts   address of the first slot of each expert, and the number of slots
     * @param slots    how many
     * @param out      [slots, outputs]
     */
    void multiply(PackedWeights w, long x, long slotRows, long starts, int slots, long out) {
        Kernels own = kernels.get(w.kind());
        if (own == null) {
            throw new IllegalStateException("no kernels were prepared for experts of kind " + w.kind());
        }
        boolean aligned = w.inputs() % w.kind().inputsPerRead(element) == 0 && w.outputs() % 2 == 0;
        if (own.tiled() == null || !aligned) {
            weights(own.plain(), w, x).pointer(slotRows).pointer(starts).integer(w.count()).integer(w.outputs())
                    .integer(w.inputs()).pointer(out)
                    .launch(slots, Math.ceilDiv(w.outputs(), OUTPUTS_PER_BLOCK), 1);
            return;
        }
        Kernel tiled = w.kind() == WeightKind.DENSE
                ? own.tiled().pointer(w.weights()).pointer(x)
                : weights(own.tiled(), w, x);
        tiled.pointer(slotRows).pointer(starts).integer(w.count()).integer(w.outputs()).integer(w.inputs())
                .pointer(out).launch(Math.ceilDiv(w.outputs(), TILE), tiles(slots, w.count()), 1);
    }

    /** No choice fills more; blocks without work end at once, yet each takes its turn on a multiprocessor. */
    private static int tiles(int slots, int experts) {
        return Math.min(slots, Math.ceilDiv(slots, TILE) + experts);
    }

    private static Kernel weights(Kernel kernel, PackedWeights w, long x) {
        return kernel.pointer(w.weights()).pointer(w.scales()).pointer(w.zeros()).pointer(w.order())
                .integer(w.groupSize()).pointer(x);
    }
}
