package io.barista.engine.cpu;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Weights in panels of 2L outputs, L being the lanes of a vector, in the type they were stored in: panel after panel, within
 * it input after input, and for each input the 2L outputs' weights. A product is then a chain of multiply-adds per output, in the order of the inputs: no sum
 * over lanes, no tail for odd sizes, and the same rounding however many rows are multiplied together. Two-byte types are
 * interleaved, output i of the panel with output L + i, so that one load of L ints holds the low halves and the high halves of
 * two float vectors. The last panel is filled up with zeros.
 *
 * @param data [panels][inputs][2L]
 */
record PanelMatrix(String name, DType dtype, int outputs, int inputs, PanelKernel kernel, MemorySegment data)
        implements
            Matrix {

    PanelMatrix(String name, DType dtype, int outputs, int inputs, MemorySegment data) {
        this(name, dtype, outputs, inputs, PanelKernel.of(dtype), data);
    }

    /** Outputs of a panel: 2L. */
    static final int WIDTH = 2 * Lanes.COUNT;

    static int panels(int outputs) {
        return Math.ceilDiv(outputs, WIDTH);
    }

    int panels() {
        return panels(outputs);
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

    /** Weights of one output, widened and scaled. */
    void row(int output, float scale, float[] target, int at) {
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
