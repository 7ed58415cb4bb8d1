package io.barista.engine.model.quantization;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Eight 4-bit values in each little-endian int32 word; value j is bits 4j to 4j + 3. */
final class Nibbles {

    static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final int PER_WORD = 8;

    private Nibbles() {}

    static int get(int word, int position) {
        return word >>> 4 * position & 0xf;
    }

    static int word(MemorySegment words, long index) {
        return words.get(WORD, index * Integer.BYTES);
    }

    /** Words [rows, columns] as [columns, rows]. */
    static MemorySegment transpose(MemorySegment words, int rows, int columns) {
        MemorySegment transposed = Arena.ofAuto().allocate(words.byteSize(), 64);
        int block = 16; // words of a cache line
        for (int firstRow = 0; firstRow < rows; firstRow += block) {
            for (int column = 0; column < columns; column++) {
                for (int row = firstRow; row < Math.min(rows, firstRow + block); row++) {
                    transposed.set(WORD, ((long) column * rows + row) * Integer.BYTES,
                            word(words, (long) row * columns + column));
                }
            }
        }
        return transposed;
    }

    /** Codes of {@code outputs} rows with the inputs in another order: code k becomes code order[k] of the source. */
    static MemorySegment reorder(MemorySegment codes, int outputs, int[] order) {
        int rowWords = Math.ceilDiv(order.length, PER_WORD);
        MemorySegment reordered = Arena.ofAuto().allocate((long) outputs * rowWords * Integer.BYTES, 64);
        for (int output = 0; output < outputs; output++) {
            long row = (long) output * rowWords;
            for (int i = 0; i < rowWords; i++) {
                int packed = 0;
                for (int k = i * PER_WORD; k < Math.min(order.length, (i + 1) * PER_WORD); k++) {
                    int source = order[k];
                    packed |= get(word(codes, row + source / PER_WORD), source % PER_WORD) << 4 * (k % PER_WORD);
                }
                reordered.set(WORD, (row + i) * Integer.BYTES, packed);
            }
        }
        return reordered;
    }
}
