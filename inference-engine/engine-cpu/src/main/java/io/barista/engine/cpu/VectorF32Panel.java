package io.barista.engine.cpu;

import static io.barista.engine.cpu.Lanes.BYTES;
import static io.barista.engine.cpu.Lanes.COUNT;
import static io.barista.engine.cpu.Lanes.FLOATS;
import static io.barista.engine.cpu.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** float32 as it is. */
final class VectorF32Panel implements PanelKernel {

    @Override
    public void dot(MemorySegment panels, long offset, int inputs, float[] x, float[] out, int at) {
        FloatVector a0 = FloatVector.zero(FLOATS), a1 = a0, b0 = a0, b1 = a0;
        FloatVector c0 = a0, c1 = a0, d0 = a0, d1 = a0;
        long panelBytes = 2L * inputs * BYTES;
        long a = offset;
        long b = a + panelBytes;
        long c = b + panelBytes;
        long d = c + panelBytes;
        for (int i = 0; i < inputs; i++) {
            FloatVector value = FloatVector.broadcast(FLOATS, x[i]);
            long step = 2L * i * BYTES;
            a0 = FloatVector.fromMemorySegment(FLOATS, panels, a + step, ORDER).fma(value, a0);
            a1 = FloatVector.fromMemorySegment(FLOATS, panels, a + step + BYTES, ORDER).fma(value, a1);
            b0 = FloatVector.fromMemorySegment(FLOATS, panels, b + step, ORDER).fma(value, b0);
            b1 = FloatVector.fromMemorySegment(FLOATS, panels, b + step + BYTES, ORDER).fma(value, b1);
            c0 = FloatVector.fromMemorySegment(FLOATS, panels, c + step, ORDER).fma(value, c0);
            c1 = FloatVector.fromMemorySegment(FLOATS, panels, c + step + BYTES, ORDER).fma(value, c1);
            d0 = FloatVector.fromMemorySegment(FLOATS, panels, d + step, ORDER).fma(value, d0);
            d1 = FloatVector.fromMemorySegment(FLOATS, panels, d + step + BYTES, ORDER).fma(value, d1);
        }
        a0.intoArray(out, at);
        a1.intoArray(out, at + COUNT);
        b0.intoArray(out, at + 2 * COUNT);
        b1.intoArray(out, at + 3 * COUNT);
        c0.intoArray(out, at + 4 * COUNT);
        c1.intoArray(out, at + 5 * COUNT);
        d0.intoArray(out, at + 6 * COUNT);
        d1.intoArray(out, at + 7 * COUNT);
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
            FloatVector low = FloatVector.fromMemorySegment(FLOATS, panels, offset + 2L * i * BYTES, ORDER);
            FloatVector high = FloatVector.fromMemorySegment(FLOATS, panels, offset + (2L * i + 1) * BYTES, ORDER);
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
        MemorySegment.copy(panels, offset, target, 0, 2L * inputs * BYTES);
    }
}
