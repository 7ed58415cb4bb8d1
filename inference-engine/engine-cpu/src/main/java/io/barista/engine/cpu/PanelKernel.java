package io.barista.engine.cpu;

import io.barista.engine.backend.DType;
import java.lang.foreign.MemorySegment;

/**
 * What differs between weight types: how the bits of a panel become float32. Every method adds up x[i] · weight[i] in the order
 * of i with fused multiply-adds, one chain per output, so that all give the same bits.
 *
 * <p>The loops of the implementations are alike and yet written out: a vector stays in a register only where C2 inlines every call it
 * crosses, and of calls to our own methods it inlines those alone that it has seen often enough.
 */
sealed interface PanelKernel permits VectorF32Panel, VectorBf16Panel, VectorF16Panel {

    /** Neighbouring panels that {@link #dot} takes at once: several streams from memory are faster than one. */
    int STREAMS = 4;

    /** Rows that {@link #dotRows} takes at once. */
    int ROWS = 4;

    /**
     * One row times {@link #STREAMS} panels.
     *
     * @param offset where the first of them begins, in bytes
     * @param x      [inputs]
     * @param out    receives STREAMS · 2L sums at {@code at}
     */
    void dot(MemorySegment panels, long offset, int inputs, float[] x, float[] out, int at);

    /**
     * {@link #ROWS} rows, from {@code row} on, times one panel. Rows past the last are the last once more, which costs no more
     * than leaving them out and writes what is there already.
     *
     * @param x      [rows, inputs]
     * @param out    [rows, stride]; 2L sums of each row are written from {@code column} on
     */
    void dotRows(MemorySegment panels, long offset, int inputs, float[] x, int row, int rows, float[] out, int column,
            int stride);

    /**
     * Widens {@code inputs} steps of one panel.
     *
     * @param target float32 [inputs][2L]
     */
    void unpack(MemorySegment panels, long offset, int inputs, MemorySegment target);

    static PanelKernel of(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> new VectorF32Panel();
            case BFLOAT16 -> new VectorBf16Panel();
            case FLOAT16 -> new VectorF16Panel();
            case FLOAT8_E4M3, INT32, INT8, INT64 ->
                throw new IllegalArgumentException("no kernel for weights of " + dtype);
        };
    }
}
