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
            long low = 2L * i * BYTES;
            long high = low + BYTES;
            a0 = at(panels, a + low).fma(value, a0);
            a1 = at(panels, a + high).fma(value, a1);
            b0 = at(panels, b + low).fma(value, b0);
            b1 = at(panels, b + high).fma(value, b1);
            c0 = at(panels, c + low).fma(value, c0);
            c1 = at(panels, c + high).fma(value, c1);
            d0 = at(panels, d + low).fma(value, d0);
            d1 = at(panels, d + high).fma(value, d1);
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
            FloatVector w0 = at(panels, offset + 2L * i * BYTES);
            FloatVector w1 = at(panels, offset + (2L * i + 1) * BYTES);
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
        MemorySegment.copy(panels, offset, target, 0, 2L * inputs * BYTES);
    }

    private static FloatVector at(MemorySegment panels, long offset) {
        return FloatVector.fromMemorySegment(FLOATS, panels, offset, ORDER);
    }

    private static void store(FloatVector low, FloatVector high, float[] out, int at) {
        low.intoArray(out, at);
        high.intoArray(out, at + COUNT);
    }
}
