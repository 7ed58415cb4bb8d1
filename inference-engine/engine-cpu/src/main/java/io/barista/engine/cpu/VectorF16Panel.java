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
 * included. An arithmetic shift moves them and keeps the sign. Weights are finite; an infinity would come out as 65536.
 */
final class VectorF16Panel implements PanelKernel {

    private static final int SIGN_EXPONENT_FRACTION = 0x8fff_e000;
    private static final float REBIAS = 0x1p112f;

    @Override
    public void dot(MemorySegment panels, long offset, int inputs, float[] x, float[] out, int at) {
        dotTwo(panels, offset, inputs, x, out, at);
        dotTwo(panels, offset + 2L * inputs * BYTES, inputs, x, out, at + 4 * COUNT);
    }

    /** Four at a time are more than C2 takes before it leaves vectors on the heap. */
    private static void dotTwo(MemorySegment panels, long offset, int inputs, float[] x, float[] out, int at) {
        FloatVector a0 = FloatVector.zero(FLOATS), a1 = a0, b0 = a0, b1 = a0;
        long panelBytes = (long) inputs * BYTES;
        long a = offset;
        long b = a + panelBytes;
        for (int i = 0; i < inputs; i++) {
            FloatVector value = FloatVector.broadcast(FLOATS, x[i]);
            long step = (long) i * BYTES;
            IntVector pair = IntVector.fromMemorySegment(INTS, panels, a + step, ORDER);
            a0 = pair.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 3).and(SIGN_EXPONENT_FRACTION)
                    .reinterpretAsFloats().mul(REBIAS).fma(value, a0);
            a1 = pair.lanewise(VectorOperators.ASHR, 3).and(SIGN_EXPONENT_FRACTION).reinterpretAsFloats()
                    .mul(REBIAS).fma(value, a1);
            pair = IntVector.fromMemorySegment(INTS, panels, b + step, ORDER);
            b0 = pair.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 3).and(SIGN_EXPONENT_FRACTION)
                    .reinterpretAsFloats().mul(REBIAS).fma(value, b0);
            b1 = pair.lanewise(VectorOperators.ASHR, 3).and(SIGN_EXPONENT_FRACTION).reinterpretAsFloats()
                    .mul(REBIAS).fma(value, b1);
        }
        a0.intoArray(out, at);
        a1.intoArray(out, at + COUNT);
        b0.intoArray(out, at + 2 * COUNT);
        b1.intoArray(out, at + 3 * COUNT);
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
            FloatVector low = pair.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 3)
                    .and(SIGN_EXPONENT_FRACTION)
                    .reinterpretAsFloats().mul(REBIAS);
            FloatVector high = pair.lanewise(VectorOperators.ASHR, 3).and(SIGN_EXPONENT_FRACTION).reinterpretAsFloats()
                    .mul(REBIAS);
            FloatVector value = FloatVector.broadcast(FLOATS, x[aFrom + i]);
            a0 = low.fma(value, a0);
            a1 = high.fma(value, a1);
            value = FloatVector.broadcast(FLOATS, x[bFrom + i]);
            b0 = low.fma(value, b0);
            b1 = high.fma(value, b1);
            value = FloatVector.broadcast(FLOATS, x[cFrom + i]);
            c0 = low.fma(value, c0);
            c1 = high.fma(value, c1);
            value = FloatVector.broadcast(FLOATS, x[dFrom + i]);
            d0 = low.fma(value, d0);
            d1 = high.fma(value, d1);
        }
        a0.intoArray(out, a * stride + column);
        a1.intoArray(out, a * stride + column + COUNT);
        b0.intoArray(out, b * stride + column);
        b1.intoArray(out, b * stride + column + COUNT);
        c0.intoArray(out, c * stride + column);
        c1.intoArray(out, c * stride + column + COUNT);
        d0.intoArray(out, d * stride + column);
        d1.intoArray(out, d * stride + column + COUNT);
    }

    @Override
    public void unpack(MemorySegment panels, long offset, int inputs, MemorySegment target) {
        for (int i = 0; i < inputs; i++) {
            IntVector pair = IntVector.fromMemorySegment(INTS, panels, offset + (long) i * BYTES, ORDER);
            FloatVector low = pair.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 3)
                    .and(SIGN_EXPONENT_FRACTION)
                    .reinterpretAsFloats().mul(REBIAS);
            FloatVector high = pair.lanewise(VectorOperators.ASHR, 3).and(SIGN_EXPONENT_FRACTION).reinterpretAsFloats()
                    .mul(REBIAS);
            low.intoMemorySegment(target, 2L * i * BYTES, ORDER);
            high.intoMemorySegment(target, (2L * i + 1) * BYTES, ORDER);
        }
    }
}
