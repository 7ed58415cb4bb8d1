package io.barista.engine.cpu;

import io.barista.engine.backend.Matrix;
import java.lang.foreign.MemorySegment;

/**
 * Weights in panels of 2L outputs, L being the lanes of a vector: panel after panel, within it input after input. A product is
 * then a chain of multiply-adds per output, in the order of the inputs: no sum over lanes, no tail for odd sizes, and the same
 * rounding however many rows are multiplied together. The last panel is filled up with zeros.
 */
sealed interface Panels extends Matrix permits PanelMatrix, QuantizedPanels {

    /** Outputs of a panel: 2L. */
    int WIDTH = 2 * Lanes.COUNT;

    static int count(int outputs) {
        return Math.ceilDiv(outputs, WIDTH);
    }

    default int panels() {
        return count(outputs());
    }

    /** Neighbouring panels that {@link #dot} takes at once. */
    int streams();

    /**
     * One row times {@link #streams} panels.
     *
     * @param x   [inputs]
     * @param out receives the sums where the outputs of the panels are
     */
    void dot(int panel, float[] x, float[] out);

    /**
     * Widens inputs {@code from} up to {@code from + depth} of a panel.
     *
     * @param target float32 [depth][2L]
     */
    void unpack(int panel, int from, int depth, MemorySegment target);

    /** Weights of one output, widened and scaled. */
    void row(int output, float scale, float[] target, int at);
}
