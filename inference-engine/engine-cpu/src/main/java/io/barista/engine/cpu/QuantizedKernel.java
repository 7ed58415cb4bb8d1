package io.barista.engine.cpu;

import io.barista.engine.backend.Weight;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What differs between kinds of codes. As in {@link PanelKernel} the loops are alike and yet written out. */
sealed interface QuantizedKernel permits VectorInt4Panel, VectorFp8Panel, VectorInt8Panel {

    int codesPerWord();

    /** The number that a code of a word stands for, without scale. */
    float value(int word, int position);

    /** The codes of inputs word · codesPerWord and on; beyond the last input they stand for 0. */
    int word(Weight.Quantized weight, int output, int word);

    /**
     * One row times a strip, but for the inputs of a last word that is not full. The loop is small: C2 stops inlining in a long one,
     * and what it does not inline makes an object of every vector.
     */
    void dot(QuantizedPanels w, int strip, float[] x, float[] out);

    /** As in {@link Panels#unpack}, for a strip of the panel; {@code from} begins a word, and the last word is unpacked whole. */
    void unpack(QuantizedPanels w, int strip, int from, int depth, MemorySegment target);

    static QuantizedKernel of(Weight.Quantized weight) {
        return switch (weight) {
            case Weight.Int4 _ -> new VectorInt4Panel();
            case Weight.Fp8 _ -> new VectorFp8Panel();
            case Weight.Int8 _ -> new VectorInt8Panel();
        };
    }

    /** Four codes of one byte each. */
    static int bytes(MemorySegment codes, int output, int inputs, int word) {
        int packed = 0;
        for (int k = 4 * word; k < Math.min(inputs, 4 * word + 4); k++) {
            packed |= (codes.get(ValueLayout.JAVA_BYTE, (long) output * inputs + k) & 0xff) << 8 * (k % 4);
        }
        return packed;
    }
}
