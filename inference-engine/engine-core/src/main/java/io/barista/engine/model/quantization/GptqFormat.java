package io.barista.engine.model.quantization;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * GPTQ with 4 bits. qweight int32 [K/8, N], eight inputs a word; qzeros int32 [G, N/8], eight outputs a word; scales [G, N];
 * g_idx int32 [K]. Projections without a qweight are plain.
 *
 * @param groupSize  −1 is one group
 * @param zeroOffset added to stored zeros: version 1 of the format stores them less one
 */
record GptqFormat(int groupSize, int zeroOffset) implements WeightFormat {

    @Override
    public Weight read(TensorSource tensors, String projection, int outputs, int inputs) {
        if (tensors.find(projection + ".qweight").isEmpty()) {
            return PLAIN.read(tensors, projection, outputs, inputs);
        }
        IntegerGroups.requireWords(projection, "inputs", inputs);
        IntegerGroups.requireWords(projection, "outputs", outputs);
        int group = groupSize < 0 ? inputs : groupSize;
        int groups = Math.ceilDiv(inputs, group);
        int rows = inputs / Nibbles.PER_WORD;
        HostTensor words = tensors.require(projection + ".qweight", DType.INT32, rows, outputs);
        HostTensor zeros = tensors.require(projection + ".qzeros", DType.INT32, groups, outputs / Nibbles.PER_WORD);
        HostTensor scales = tensors.require(projection + ".scales", groups, outputs);

        MemorySegment codes = Nibbles.transpose(words.data(), rows, outputs);
        int[] order = tensors.find(projection + ".g_idx").isEmpty()
                ? null
                : InputGroups.order(tensors.require(projection + ".g_idx", DType.INT32, inputs), inputs, group);
        return new Weight.Int4(projection, outputs, inputs, group,
                order == null ? codes : Nibbles.reorder(codes, outputs, order),
                Scales.expand(scales, outputs, groups, (output, g) -> (long) g * outputs + output),
                zeros(zeros.data(), outputs, groups), order);
    }

    private MemorySegment zeros(MemorySegment words, int outputs, int groups) {
        MemorySegment zeros = Arena.ofAuto().allocate((long) outputs * groups);
        for (int group = 0; group < groups; group++) {
            for (int output = 0; output < outputs; output++) {
                int word = Nibbles.word(words, ((long) group * outputs + output) / Nibbles.PER_WORD);
                zeros.set(ValueLayout.JAVA_BYTE, (long) output * groups + group,
                        (byte) (Nibbles.get(word, output % Nibbles.PER_WORD) + zeroOffset));
            }
        }
        return zeros;
    }
}
