package io.barista.engine.cuda;

import org.jspecify.annotations.Nullable;

/**
 * Our own kernels for codes of one kind whose groups are of multiples of one number.
 *
 * @param few  for a few rows
 * @param many for more
 */
record QuantizedProducts(QuantizedGemv few, QuantizedTiles many) {

    /** Groups are of multiples of so many inputs, or all. */
    static final int LEAST_SPAN = 32;

    private static final int SPANS = 4; // 32, 64, 128, 256

    /** Each span's, once it is needed. */
    static @Nullable QuantizedProducts[] none() {
        return new QuantizedProducts[SPANS];
    }

    /** Where in {@link #none} those for such matrices are. */
    static int place(PackedWeights w) {
        return Integer.numberOfTrailingZeros(w.span() / LEAST_SPAN);
    }
}
