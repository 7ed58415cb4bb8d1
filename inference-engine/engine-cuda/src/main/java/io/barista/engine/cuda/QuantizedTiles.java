package io.barista.engine.cuda;

import io.barista.engine.backend.Activation;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code quantized_matmul.cu}: up to some hundred rows times quantised weights, whose codes are read once for each 64 rows. */
final class QuantizedTiles {

    private static final int MOST_ROWS = 128;
    private static final int ROWS = 64;
    private static final int OUTPUTS = 256;
    private static final int STAGES = 4;
    private static final int LEAST_SHARED = 120 << 10;
    /** Splits' sums then take no more memory than the matrix written out. */
    private static final int LEAST_INPUTS_OF_SPLIT = 128;

    private final Kernel upTo16;
    private final Kernel upTo32;
    private final Kernel upTo64;
    private final Kernel sumSplits;
    private final Element element;
    private final int mostShared;
    private final int multiprocessors;
    private final ScratchMemory scratch;

    /**
     * @param span    of the matrices: {@link PackedWeights#span}
     * @param scratch with room for the largest matrix
     */
    QuantizedTiles(KernelLoader loader, WeightKind kind, int span, Element element, int multiprocessors,
            ScratchMemory scratch) {
        Map<String, Integer> macros = Map.of("WEIGHT", kind.macro(), "SPANS", spans(kind, span));
        this.upTo16 = loader.load("quantized_matmul", "quantized_matmul_16", 256, macros);
        this.upTo32 = loader.load("quantized_matmul", "quantized_matmul_32", 256, macros);
        this.upTo64 = loader.load("quantized_matmul", "quantized_matmul_64", 256, macros);
        this.sumSplits = loader.load("quantized_matmul", "sum_splits", 256, macros);
        this.element = element;
        this.mostShared = loader.device().dynamicSharedBytes();
        this.multiprocessors = multiprocessors;
        this.scratch = scratch;
    }

    /** Whether it is the fastest way: with more rows, the matrix is better written out once. */
    boolean takes(PackedWeights w, int rows) {
        return rows >= 1 && rows <= MOST_ROWS && !w.isOrdered()
                && sharedBytes(w.kind(), w.span(), Math.min(rows, ROWS), mostShared) <= mostShared;
    }

    void multiply(PackedWeights w, @Nullable CudaVector bias, long x, int rows, long out, boolean floatOut) {
        launch(w, bias, x, rows, 0, out, ProductOutput.of(floatOut), 0);
    }

    void add(PackedWeights w, @Nullable CudaVector bias, long x, int rows, long sum) {
        launch(w, bias, x, rows, sum, sum, ProductOutput.ELEMENTS, 0);
    }

    void multiplyGated(PackedWeights w, @Nullable CudaVector bias, Activation activation, long x, int rows, long out) {
        launch(w, bias, x, rows, 0, out, ProductOutput.GATED, RowKernels.code(activation));
    }

    private void launch(PackedWeights w, @Nullable CudaVector bias, long x, int rows, long addend, long out,
            ProductOutput output, int activation) {
        int tiles = Math.ceilDiv(w.outputs(), OUTPUTS);
        int splits = splits(w.outputs(), w.inputs(), multiprocessors);
        int columns = output.columns(w.outputs());
        long partials = splits > 1 ? scratch.address() : 0;
        long added = bias == null ? 0 : bias.address();
        for (int first = 0; first < rows; first += ROWS) {
            int count = Math.min(ROWS, rows - first);
            long offset = first * output.rowBytes(w.outputs(), element);
            long addendHere = addend == 0 ? 0 : addend + offset;
            Kernel kernel = count <= 16 ? upTo16 : count <= 32 ? upTo32 : upTo64;
            kernel.sharedMemory(sharedBytes(w.kind(), w.span(), count, mostShared));
            kernel.pointer(w.weights()).pointer(w.scales()).pointer(w.zeros()).integer(w.groupSize()).pointer(added)
                    .pointer(x + (long) first * w.inputs() * element.bytes()).pointer(addendHere).pointer(out + offset)
                    .pointer(partials).integer(count).integer(w.outputs()).integer(w.inputs()).integer(output.mode())
                    .integer(activation).launch(tiles, splits, 1);
            if (splits > 1) {
                sumSplits.pointer(partials).integer(splits).pointer(added).pointer(addendHere).pointer(out + offset)
                        .integer(w.outputs()).integer(output.mode()).integer(activation)
                        .launch(Math.ceilDiv(columns, OUTPUTS), count, 1);
            }
        }
    }

    /** As fill the multiprocessors once; the same whatever the rows, so that a row's sum does not depend on others. */
    static int splits(int outputs, int inputs, int multiprocessors) {
        int most = Math.max(1, inputs / LEAST_INPUTS_OF_SPLIT);
        return Math.clamp(multiprocessors / Math.ceilDiv(outputs, OUTPUTS), 1, most);
    }

    /** As the kernel's head says. */
    static int sharedBytes(WeightKind kind, int span, int rows, int mostShared) {
        boolean int4 = kind == WeightKind.INT4;
        int scales = spans(kind, span) * (int4 ? 2_048 : 1_024);
        int rowsOfX = rows <= 16 ? 16 : rows <= 32 ? 32 : ROWS;
        int stage = OUTPUTS * (int4 ? 80 : 96) + scales + rowsOfX * (unit(kind) * 2 + 64);
        return Math.max(STAGES * stage, Math.min(LEAST_SHARED, mostShared));
    }

    private static int spans(WeightKind kind, int span) {
        return Math.max(1, unit(kind) / span);
    }

    /** Inputs of a stage. */
    private static int unit(WeightKind kind) {
        return kind == WeightKind.INT4 ? 128 : 64;
    }
}
