package io.barista.engine.cpu;

import static io.barista.engine.cpu.Lanes.BYTES;
import static io.barista.engine.cpu.Lanes.COUNT;
import static io.barista.engine.cpu.Lanes.FLOATS;
import static io.barista.engine.cpu.Lanes.INTS;
import static io.barista.engine.cpu.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * float16 has 5 bits of exponent and 10 of fraction: moved to where a float32 has them they are the value over 2^112, subnormals
 * included. Weights are finite; an infinity would come out as 65536.
 */
final class VectorF16Panel implements PanelKernel {

    @Override
    public void dot(MemorySegment panels, long offset, int inputs, float[] x, float[] out, int at) {
        FloatVector a0 = FloatVector.zero(FLOATS), a1 = a0, b0 = a0, b1 = a0;
        FloatVector c0 = a0, c1 = a0, d0 = a0, d1 = a0;
        long panelBytes = (long) inputs * BYTES;
        long a = offset;
        long b = a + panelBytes;
        long c = b + panelBytes;
        long d = c + panelBytes;
        for (int i = 0; i < inputs; i++) {
            FloatVector value = FloatVector.broadcast(FLOATS, x[i]);
            long step = (long) i * BYTES;
            IntVector pair = IntVector.fromMemorySegment(INTS, panels, a + step, ORDER);
            a0 = low(pair).fma(value, a0);
            a1 = high(pair).fma(value, a1);
            pair = IntVector.fromMemorySegment(INTS, panels, b + step, ORDER);
            b0 = low(pair).fma(value, b0);
            b1 = high(pair).fma(value, b1);
            pair = IntVector.fromMemorySegment(INTS, panels, c + step, ORDER);
            c0 = low(pair).fma(value, c0);
            c1 = high(pair).fma(value, c1);
            pair = IntVector.fromMemorySegment(INTS, panels, d + step, ORDER);
            d0 = low(pair).fma(value, d0);
            d1 = high(pair).fma(value, d1);
        }
        store(a0, a1, out, at);
        store(b0, b1, out, at + 2 * COUNT);
        store(c0, c1, out, at + 4 * COUNT);
        store(d0, d1, out, at + 6 * COUNT);
    }

    @Override
    public void dotRows(MemorySegment panels, long offset, int inputs, float[] x, int row, int rows, float[] out,
            int column, int stride) {
        int last = rows - 1;
        int a = row;
        int b = Math.min(row + 1, last);
        int c = Math.min(row + 2, last);
        int d = Math.min(row + 3, last);
        int aFrom = a * inputs;
        int bFrom = b * inputs;
        int cFrom = c * inputs;
        int dFrom = d * inputs;
        FloatVector a0 = FloatVector.zero(FLOATS), a1 = a0, b0 = a0, b1 = a0;
        FloatVector c0 = a0, c1 = a0, d0 = a0, d1 = a0;
        for (int i = 0; i < inputs; i++) {
            IntVector pair = IntVector.fromMemorySegment(INTS, panels, offset + (long) i * BYTES, ORDER);
            FloatVector w0 = low(pair);
            FloatVector w1 = high(pair);
            FloatVector value = FloatVector.broadcast(FLOATS, x[aFrom + i]);
            a0 = w0.fma(value, a0);
            a1 = w1.fma(value, a1);
            value = FloatVector.broadcast(FLOATS, x[bFrom + i]);
            b0 = w0.fma(value, b0);
            b1 = w1.fma(value, b1);
            value = FloatVector.broadcast(FLOATS, x[cFrom + i]);
            c0 = w0.fma(value, c0);
            c1 = w1.fma(value, c1);
            value = FloatVector.broadcast(FLOATS, x[dFrom + i]);
            d0 = w0.fma(value, d0);
            d1 = w1.fma(value, d1);
        }
        store(a0, a1, out, a * stride + column);
        store(b0, b1, out, b * stride + column);
        store(c0, c1, out, c * stride + column);
        store(d0, d1, out, d * stride + column);
    }

    @Override
    public void unpack(MemorySegment panels, long offset, int inputs, MemorySegment target) {
        for (int i = 0; i < inputs; i++) {
            IntVector pair = IntVector.fromMemorySegment(INTS, panels, offset + (long) i * BYTES, ORDER);
            low(pair).intoMemorySegment(target, 2L * i * BYTES, ORDER);
            high(pair).intoMemorySegment(target, (2L * i + 1) * BYTES, ORDER);
        }
    }

    private static final float REBIAS = 0x1p112f;

    /** Outputs 0 to L - 1. */
    private static FloatVector low(IntVector pair) {
        return widen(pair.lanewise(VectorOperators.LSHL, 16));
    }

    /** Outputs L to 2L - 1. */
    private static FloatVector high(IntVector pair) {
        return widen(pair);
    }

    /** The upper half of each lane. */
    private static FloatVector widen(IntVector bits) {
        IntVector magnitude = bits.and(0x7fff_0000).lanewise(VectorOperators.LSHR, 3);
        IntVector scaled = magnitude.reinterpretAsFloats().mul(REBIAS).reinterpretAsInts();
        return scaled.or(bits.and(0x8000_0000)).reinterpretAsFloats();
    }

    private static void store(FloatVector low, FloatVector high, float[] out, int at) {
        low.intoArray(out, at);
        high.intoArray(out, at + COUNT);
    }
}
