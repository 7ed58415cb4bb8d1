package io.barista.engine.cuda;

import io.barista.engine.backend.Activation;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code quantized_gemv.cu}: a few rows times quantised weights at the speed at which the codes can be read. */
final class QuantizedGemv {

    /** A launch takes so many rows. */
    private static final int ROWS = 8;

    /** Reading int4 codes that often takes as long as writing them out once and reading that; codes of a byte half as often. */
    private static final int MOST_ROWS_OF_INT4 = 32;

    private static final int MOST_ROWS_OF_BYTES = 16;

    private static final int RING = 3 * 36_864;
    private static final int PARTIALS = 17_408;
    private static final int STAGED_LIMIT = 84 << 10;

    private static final int TO_ELEMENTS = 0;
    private static final int TO_FLOATS = 1;
    private static final int TO_GATED = 2;

    private final Kernel kernel;
    private final WeightKind kind;
    private final Element element;
    private final int blocks;

    QuantizedGemv(KernelLoader loader, WeightKind kind, Element element, int multiprocessors) {
        this.kernel = loader.load("quantized_gemv", "quantized_gemv", 512, Map.of("WEIGHT", kind.macro()));
        this.kind = kind;
        this.element = element;
        this.blocks = multiprocessors;
    }

    boolean takes(PackedWeights w, int rows) {
        int most = kind == WeightKind.INT4 ? MOST_ROWS_OF_INT4 : MOST_ROWS_OF_BYTES;
        return rows >= 1 && rows <= most && w.inputs() % kind.inputsPerRead(element) == 0 && rowsPerLaunch(w) > 0;
    }

    void multiply(PackedWeights w, @Nullable CudaVector bias, long x, int rows, long out, boolean floatOut) {
        int rowBytes = w.outputs() * (floatOut ? Float.BYTES : element.bytes());
        launch(w, bias, x, rows, 0, out, rowBytes, floatOut ? TO_FLOATS : TO_ELEMENTS, 0);
    }

    void add(PackedWeights w, @Nullable CudaVector bias, long x, int rows, long sum) {
        launch(w, bias, x, rows, sum, sum, w.outputs() * element.bytes(), TO_ELEMENTS, 0);
    }

    void multiplyGated(PackedWeights w, @Nullable CudaVector bias, Activation activation, long x, int rows, long out) {
        launch(w, bias, x, rows, 0, out, w.outputs() / 2 * element.bytes(), TO_GATED, RowKernels.code(activation));
    }

    /** @param addend 0 is none, else rows as long as those of {@code out} */
    private void launch(PackedWeights w, @Nullable CudaVector bias, long x, int rows, long addend, long out,
            int outRowBytes, int mode, int activation) {
        int most = rowsPerLaunch(w);
        for (int first = 0; first < rows; first += most) {
            int count = Math.min(most, rows - first);
            long offset = (long) first * outRowBytes;
            kernel.sharedMemory(sharedBytes(count, w.inputs()));
            kernel.pointer(w.weights()).pointer(w.scales()).pointer(w.zeros()).pointer(w.order())
                    .integer(w.groupSize()).pointer(bias == null ? 0 : bias.address())
                    .pointer(x + (long) first * w.inputs() * element.bytes()).pointer(addend == 0 ? 0 : addend + offset)
                    .pointer(out + offset).integer(count).integer(w.outputs()).integer(w.inputs()).integer(mode)
                    .integer(activation).launch(blocks, 1, 1);
        }
    }

    /** Reordered inputs are put in order in shared memory, where there must be room for them; 0 when there is not for one row. */
    static int rowsPerLaunch(PackedWeights w) {
        return w.isOrdered() ? Math.min(ROWS, STAGED_LIMIT / stagedBytes(1, w.inputs())) : ROWS;
    }

    /** As the kernel's head says. */
    static int sharedBytes(int rows, int inputs) {
        int staged = stagedBytes(rows, inputs);
        return RING + PARTIALS + (staged <= STAGED_LIMIT ? staged : 0);
    }

    private static int stagedBytes(int rows, int inputs) {
        return rows * (Math.ceilDiv(inputs, 256) * 256 + 32) * 2;
    }
}
