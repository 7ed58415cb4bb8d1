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

/** Codes of 8 bits with a sign. */
final class VectorInt8Panel implements QuantizedKernel {

    private static final int CODES = 4;

    @Override
    public int codesPerWord() {
        return CODES;
    }

    @Override
    public float value(int word, int position) {
        return (byte) (word >>> 8 * position);
    }

    @Override
    public int word(Weight.Quantized weight, int output, int word) {
        return QuantizedKernel.bytes(weight.codes(), output, weight.inputs(), word);
    }

    private static FloatVector decode(IntVector words, int position) {
        return (FloatVector) words.lanewise(VectorOperators.LSHL, 24 - 8 * position)
                .lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0);
    }

    /** decode(words, 3): a shift by nothing keeps the compiler from seeing through the rest. */
    private static FloatVector last(IntVector words) {
        return (FloatVector) words.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0);
    }

    @Override
    public void dot(QuantizedPanels w, int strip, float[] x, float[] out) {
        MemorySegment words = w.words();
        FloatVector sum = FloatVector.zero(FLOATS);
        long at = w.wordsOffset(strip);
        long scales = w.scalesOffset(strip);
        int inputs = w.inputs();
        int groupSize = w.groupSize();
        for (int from = 0; from < inputs; from += groupSize) {
            FloatVector scale = FloatVector.fromMemorySegment(FLOATS, w.scales(), scales, ORDER);
            FloatVector a = FloatVector.zero(FLOATS), b = a, c = a, d = a;
            int whole = Math.min(inputs - from, groupSize) / CODES * CODES + from;
            for (int k = from; k < whole; k += CODES) {
                IntVector word = IntVector.fromMemorySegment(INTS, words, at, ORDER);
                a = decode(word, 0).fma(FloatVector.broadcast(FLOATS, x[k]), a);
                b = decode(word, 1).fma(FloatVector.broadcast(FLOATS, x[k + 1]), b);
                c = decode(word, 2).fma(FloatVector.broadcast(FLOATS, x[k + 2]), c);
                d = last(word).fma(FloatVector.broadcast(FLOATS, x[k + 3]), d);
                at += BYTES;
            }
            sum = a.add(b).add(c.add(d)).fma(scale, sum);
            scales += BYTES;
        }
        sum.intoArray(out, strip * COUNT);
    }

    @Override
    public void unpack(QuantizedPanels w, int strip, int from, int depth, MemorySegment target) {
        MemorySegment words = w.words();
        long at = w.wordsOffset(strip) + (long) from / CODES * BYTES;
        long to = (long) strip % 2 * BYTES;
        int k = from;
        while (k < from + depth) {
            int group = k / w.groupSize();
            int end = Math.min(from + depth, (group + 1) * w.groupSize());
            long scales = w.scalesOffset(strip) + (long) group * BYTES;
            FloatVector scale = FloatVector.fromMemorySegment(FLOATS, w.scales(), scales, ORDER);
            for (; k < end; k += CODES) {
                IntVector word = IntVector.fromMemorySegment(INTS, words, at, ORDER);
                decode(word, 0).mul(scale).intoMemorySegment(target, to, ORDER);
                decode(word, 1).mul(scale).intoMemorySegment(target, to + 2L * BYTES, ORDER);
                decode(word, 2).mul(scale).intoMemorySegment(target, to + 4L * BYTES, ORDER);
                last(word).mul(scale).intoMemorySegment(target, to + 6L * BYTES, ORDER);
                to += 8L * BYTES;
                at += BYTES;
            }
        }
    }
}
