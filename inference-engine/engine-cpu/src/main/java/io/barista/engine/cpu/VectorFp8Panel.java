package io.barista.engine.cpu;

import static io.barista.engine.cpu.Lanes.BYTES;
import static io.barista.engine.cpu.Lanes.COUNT;
import static io.barista.engine.cpu.Lanes.FLOATS;
import static io.barista.engine.cpu.Lanes.INTS;
import static io.barista.engine.cpu.Lanes.ORDER;

import io.barista.engine.backend.Weight;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** e4m3: sign, exponent and mantissa move to where float32 has them, and the exponent gets float32's bias by a product. */
final class VectorFp8Panel implements QuantizedKernel {

    private static final int CODES = 4;
    private static final int SIGN_EXPONENT_MANTISSA = 0x87f0_0000;

    @Override
    public int codesPerWord() {
        return CODES;
    }

    @Override
    public float value(int word, int position) {
        return Float8.toFloat((byte) (word >>> 8 * position));
    }

    @Override
    public int word(Weight.Quantized weight, int output, int word) {
        return QuantizedKernel.bytes(weight.codes(), output, weight.inputs(), word);
    }

    private static FloatVector decode(IntVector words, int position) {
        return words.lanewise(VectorOperators.LSHL, 24 - 8 * position).lanewise(VectorOperators.ASHR, 4)
                .and(SIGN_EXPONENT_MANTISSA).reinterpretAsFloats().mul(Float8.REBIAS);
    }

    @Override
    public void dot(QuantizedPanels w, int panel, float[] x, float[] out) {
        FloatVector sum0 = FloatVector.zero(FLOATS), sum1 = sum0, sum2 = sum0, sum3 = sum0;
        long panelWords = w.wordsOffset(panel + 1) - w.wordsOffset(panel);
        long panelScales = w.scalesOffset(panel + 1) - w.scalesOffset(panel);
        for (int group = 0; group < w.groups(); group++) {
            long first = w.scalesOffset(panel) + 2L * group * BYTES;
            long second = first + panelScales;
            FloatVector scale0 = FloatVector.fromMemorySegment(FLOATS, w.scales(), first, ORDER);
            FloatVector scale1 = FloatVector.fromMemorySegment(FLOATS, w.scales(), first + BYTES, ORDER);
            FloatVector scale2 = FloatVector.fromMemorySegment(FLOATS, w.scales(), second, ORDER);
            FloatVector scale3 = FloatVector.fromMemorySegment(FLOATS, w.scales(), second + BYTES, ORDER);
            int end = Math.min(w.inputs(), (group + 1) * w.groupSize());
            int k = group * w.groupSize();
            for (; k + CODES <= end; k += CODES) {
                long at = w.wordsOffset(panel) + 2L * (k / CODES) * BYTES;
                IntVector word0 = IntVector.fromMemorySegment(INTS, w.words(), at, ORDER);
                IntVector word1 = IntVector.fromMemorySegment(INTS, w.words(), at + BYTES, ORDER);
                IntVector word2 = IntVector.fromMemorySegment(INTS, w.words(), at + panelWords, ORDER);
                IntVector word3 = IntVector.fromMemorySegment(INTS, w.words(), at + panelWords + BYTES, ORDER);
                FloatVector value = FloatVector.broadcast(FLOATS, x[k]);
                sum0 = decode(word0, 0).mul(scale0).fma(value, sum0);
                sum1 = decode(word1, 0).mul(scale1).fma(value, sum1);
                sum2 = decode(word2, 0).mul(scale2).fma(value, sum2);
                sum3 = decode(word3, 0).mul(scale3).fma(value, sum3);
                value = FloatVector.broadcast(FLOATS, x[k + 1]);
                sum0 = decode(word0, 1).mul(scale0).fma(value, sum0);
                sum1 = decode(word1, 1).mul(scale1).fma(value, sum1);
                sum2 = decode(word2, 1).mul(scale2).fma(value, sum2);
                sum3 = decode(word3, 1).mul(scale3).fma(value, sum3);
                value = FloatVector.broadcast(FLOATS, x[k + 2]);
                sum0 = decode(word0, 2).mul(scale0).fma(value, sum0);
                sum1 = decode(word1, 2).mul(scale1).fma(value, sum1);
                sum2 = decode(word2, 2).mul(scale2).fma(value, sum2);
                sum3 = decode(word3, 2).mul(scale3).fma(value, sum3);
                value = FloatVector.broadcast(FLOATS, x[k + 3]);
                sum0 = decode(word0, 3).mul(scale0).fma(value, sum0);
                sum1 = decode(word1, 3).mul(scale1).fma(value, sum1);
                sum2 = decode(word2, 3).mul(scale2).fma(value, sum2);
                sum3 = decode(word3, 3).mul(scale3).fma(value, sum3);
            }
            for (; k < end; k++) {
                long at = w.wordsOffset(panel) + 2L * (k / CODES) * BYTES;
                FloatVector value = FloatVector.broadcast(FLOATS, x[k]);
                IntVector word0 = IntVector.fromMemorySegment(INTS, w.words(), at, ORDER);
                IntVector word1 = IntVector.fromMemorySegment(INTS, w.words(), at + BYTES, ORDER);
                IntVector word2 = IntVector.fromMemorySegment(INTS, w.words(), at + panelWords, ORDER);
                IntVector word3 = IntVector.fromMemorySegment(INTS, w.words(), at + panelWords + BYTES, ORDER);
                sum0 = decode(word0, k % CODES).mul(scale0).fma(value, sum0);
                sum1 = decode(word1, k % CODES).mul(scale1).fma(value, sum1);
                sum2 = decode(word2, k % CODES).mul(scale2).fma(value, sum2);
                sum3 = decode(word3, k % CODES).mul(scale3).fma(value, sum3);
            }
        }
        int at = panel * Panels.WIDTH;
        sum0.intoArray(out, at);
        sum1.intoArray(out, at + COUNT);
        sum2.intoArray(out, at + 2 * COUNT);
        sum3.intoArray(out, at + 3 * COUNT);
    }

    @Override
    public void unpack(QuantizedPanels w, int panel, int from, int depth, MemorySegment target) {
        long words = w.wordsOffset(panel);
        long scales = w.scalesOffset(panel);
        int k = from;
        while (k < from + depth) {
            int group = k / w.groupSize();
            int end = Math.min(from + depth, (group + 1) * w.groupSize());
            long at = scales + 2L * group * BYTES;
            FloatVector scale0 = FloatVector.fromMemorySegment(FLOATS, w.scales(), at, ORDER);
            FloatVector scale1 = FloatVector.fromMemorySegment(FLOATS, w.scales(), at + BYTES, ORDER);
            for (; k < end; k++) {
                long word = words + 2L * (k / CODES) * BYTES;
                long to = 2L * (k - from) * BYTES;
                IntVector word0 = IntVector.fromMemorySegment(INTS, w.words(), word, ORDER);
                IntVector word1 = IntVector.fromMemorySegment(INTS, w.words(), word + BYTES, ORDER);
                decode(word0, k % CODES).mul(scale0).intoMemorySegment(target, to, ORDER);
                decode(word1, k % CODES).mul(scale1).intoMemorySegment(target, to + BYTES, ORDER);
            }
        }
    }
}
