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

/** Codes of 4 bits, 0 to 15: w = scale · code + offset. */
final class VectorInt4Panel implements QuantizedKernel {

    private static final int CODES = 8;

    @Override
    public int codesPerWord() {
        return CODES;
    }

    @Override
    public float value(int word, int position) {
        return word >>> 4 * position & 0xf;
    }

    @Override
    public int word(Weight.Quantized weight, int output, int word) {
        long row = output * Weight.Int4.rowBytes(weight.inputs());
        return weight.codes().get(HostTensors.INT, row + (long) word * Integer.BYTES);
    }

    private static FloatVector decode(IntVector words, int position) {
        return first(words.lanewise(VectorOperators.LSHR, 4 * position));
    }

    /** decode(words, 0): a shift by nothing keeps the compiler from seeing through the rest. */
    private static FloatVector first(IntVector words) {
        return (FloatVector) words.and(0xf).convert(VectorOperators.I2F, 0);
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
            FloatVector offset = FloatVector.fromMemorySegment(FLOATS, w.offsets(), scales, ORDER);
            FloatVector a = FloatVector.zero(FLOATS), b = a, c = a, d = a;
            int whole = Math.min(inputs - from, groupSize) / CODES * CODES + from;
            for (int k = from; k < whole; k += CODES) {
                IntVector word = IntVector.fromMemorySegment(INTS, words, at, ORDER);
                for (int i = k; i < k + CODES; i += 4) {
                    a = first(word).fma(scale, offset).fma(FloatVector.broadcast(FLOATS, x[i]), a);
                    b = decode(word, 1).fma(scale, offset).fma(FloatVector.broadcast(FLOATS, x[i + 1]), b);
                    c = decode(word, 2).fma(scale, offset).fma(FloatVector.broadcast(FLOATS, x[i + 2]), c);
                    d = decode(word, 3).fma(scale, offset).fma(FloatVector.broadcast(FLOATS, x[i + 3]), d);
                    word = word.lanewise(VectorOperators.LSHR, 16);
                }
                at += BYTES;
            }
            sum = a.add(b).add(c.add(d)).add(sum);
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
            FloatVector offset = FloatVector.fromMemorySegment(FLOATS, w.offsets(), scales, ORDER);
            for (; k < end; k += CODES) {
                IntVector word = IntVector.fromMemorySegment(INTS, words, at, ORDER);
                for (int i = 0; i < CODES; i += 4) {
                    first(word).fma(scale, offset).intoMemorySegment(target, to, ORDER);
                    decode(word, 1).fma(scale, offset).intoMemorySegment(target, to + 2L * BYTES, ORDER);
                    decode(word, 2).fma(scale, offset).intoMemorySegment(target, to + 4L * BYTES, ORDER);
                    decode(word, 3).fma(scale, offset).intoMemorySegment(target, to + 6L * BYTES, ORDER);
                    word = word.lanewise(VectorOperators.LSHR, 16);
                    to += 8L * BYTES;
                }
                at += BYTES;
            }
        }
    }
}
