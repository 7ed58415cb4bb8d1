package io.barista.engine.cpu;

import io.barista.engine.backend.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Weights in panels, in the type they were stored in. Two-byte types are interleaved, output i of the panel with output L + i, so
 * that one load of L ints holds the low halves and the high halves of two float vectors.
 *
 * @param data [panels][inputs][2L]
 */
record PanelMatrix(String name, DType dtype, int outputs, int inputs, PanelKernel kernel, MemorySegment data)
        implements
            Panels {

    PanelMatrix(String name, DType dtype, int outputs, int inputs, MemorySegment data) {
        this(name, dtype, outputs, inputs, PanelKernel.of(dtype), data);
    }

    @Override
    public int streams() {
        return PanelKernel.STREAMS;
    }

    @Override
    public void dot(int panel, float[] x, float[] out) {
        kernel.dot(data, panelOffset(panel), inputs, x, out, panel * WIDTH);
    }

    /** A few rows times one panel, see {@link PanelKernel#dotRows}. */
    void dotRows(int panel, float[] x, int row, int rows, float[] out) {
        kernel.dotRows(data, panelOffset(panel), inputs, x, row, rows, out, panel * WIDTH, outputs);
    }

    @Override
    public void unpack(int panel, int from, int depth, MemorySegment target) {
        kernel.unpack(data, panelOffset(panel) + (long) from * stepBytes(), depth, target);
    }

    /** Bytes of one input of a panel. */
    int stepBytes() {
        return WIDTH * dtype.bytes();
    }

    /** Where a panel begins, in bytes. */
    long panelOffset(int panel) {
        return (long) panel * inputs * stepBytes();
    }

    /** Place of an output within a step of its panel, in elements. */
    static int place(DType dtype, int output) {
        int lane = output % WIDTH;
        return dtype.bytes() == 2 ? lane % Lanes.COUNT * 2 + lane / Lanes.COUNT : lane;
    }

    @Override
    public void row(int output, float scale, float[] target, int at) {
        long offset = panelOffset(output / WIDTH) + (long) place(dtype, output) * dtype.bytes();
        for (int i = 0; i < inputs; i++, offset += stepBytes()) {
            target[at + i] = scale * switch (dtype) {
                case FLOAT32 -> data.get(ValueLayout.JAVA_FLOAT, offset);
                case BFLOAT16 -> Bfloat16.toFloat(data.get(ValueLayout.JAVA_SHORT, offset));
                case FLOAT16 -> Float.float16ToFloat(data.get(ValueLayout.JAVA_SHORT, offset));
                case FLOAT8_E4M3, INT32, INT8, INT64 -> throw new IllegalStateException(name + " is " + dtype);
            };
        }
    }
}
