package io.barista.engine.model.quantization;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * AWQ with 4 bits, version gemm. qweight int32 [K, N/8] and qzeros int32 [G, N/8], eight outputs a word in an order of their own;
 * scales [G, N]. Projections without a qweight are plain.
 */
record AwqFormat(int groupSize) implements WeightFormat {

    /** The output, of the eight of a word, that each 4-bit position holds. */
    private static final int[] OUTPUT_AT = {0, 2, 4, 6, 1, 3, 5, 7};

    @Override
    public Weight read(TensorSource tensors, String projection, int outputs, int inputs) {
        if (tensors.find(projection + ".qweight").isEmpty()) {
            return PLAIN.read(tensors, projection, outputs, inputs);
        }
        IntegerGroups.requireWords(projection, "outputs", outputs);
        int group = groupSize < 0 ? inputs : groupSize;
        int groups = Math.ceilDiv(inputs, group);
        int columns = outputs / Nibbles.PER_WORD;
        HostTensor words = tensors.require(projection + ".qweight", DType.INT32, inputs, columns);
        HostTensor zeros = tensors.require(projection + ".qzeros", DType.INT32, groups, columns);
        HostTensor scales = tensors.require(projection + ".scales", groups, outputs);
        return new Weight.Int4(projection, outputs, inputs, group, codes(words.data(), inputs, columns),
                Scales.expand(scales, outputs, groups, (output, g) -> (long) g * outputs + output),
                zeros(zeros.data(), groups, columns), null);
    }

    private static MemorySegment codes(MemorySegment words, int inputs, int columns) {
        int rowWords = Math.ceilDiv(inputs, Nibbles.PER_WORD);
        MemorySegment codes = Arena.ofAuto()
                .allocate((long) columns * Nibbles.PER_WORD * rowWords * Integer.BYTES, 64);
        int[] outputWords = new int[Nibbles.PER_WORD];
        for (int column = 0; column < columns; column++) {
            for (int i = 0; i < rowWords; i++) {
                Arrays.fill(outputWords, 0);
                for (int k = i * Nibbles.PER_WORD; k < Math.min(inputs, (i + 1) * Nibbles.PER_WORD); k++) {
                    int word = Nibbles.word(words, (long) k * columns + column);
                    for (int position = 0; position < Nibbles.PER_WORD; position++) {
                        outputWords[OUTPUT_AT[position]] |= Nibbles.get(word, position) << 4 * (k % Nibbles.PER_WORD);
                    }
                }
                for (int output = 0; output < Nibbles.PER_WORD; output++) {
                    long row = (long) column * Nibbles.PER_WORD + output;
                    codes.set(Nibbles.WORD, (row * rowWords + i) * Integer.BYTES, outputWords[output]);
                }
            }
        }
        return codes;
    }

    private static MemorySegment zeros(MemorySegment words, int groups, int columns) {
        MemorySegment zeros = Arena.ofAuto().allocate((long) columns * Nibbles.PER_WORD * groups);
        for (int group = 0; group < groups; group++) {
            for (int column = 0; column < columns; column++) {
                int word = Nibbles.word(words, (long) group * columns + column);
                for (int position = 0; position < Nibbles.PER_WORD; position++) {
                    long output = (long) column * Nibbles.PER_WORD + OUTPUT_AT[position];
                    zeros.set(ValueLayout.JAVA_BYTE, output * groups + group, (byte) Nibbles.get(word, position));
                }
            }
        }
        return zeros;
    }
}
