package io.barista.engine.cpu;

import static io.barista.engine.cpu.Lanes.FLOATS;
import static io.barista.engine.cpu.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** The inner loop of attention: 8 rows by L columns, one chain of multiply-adds per sum. */
final class VectorStrip {

    static final int ROWS = 8;

    private VectorStrip() {}

    /**
     * c[row, 0..L) += Σ over i of x[row, i] · m[i, 0..L) for {@link #ROWS} rows.
     *
     * @param mOffset where m begins, in bytes
     * @param mStride bytes from one row of m to the next
     */
    static void multiply(MemorySegment m, long mOffset, long mStride, int depth, float[] x, int x0, int xStride,
            float[] c, int c0, int cStride) {
        int x1 = x0 + xStride;
        int x2 = x1 + xStride;
        int x3 = x2 + xStride;
        int x4 = x3 + xStride;
        int x5 = x4 + xStride;
        int x6 = x5 + xStride;
        int x7 = x6 + xStride;
        int c1 = c0 + cStride;
        int c2 = c1 + cStride;
        int c3 = c2 + cStride;
        int c4 = c3 + cStride;
        int c5 = c4 + cStride;
        int c6 = c5 + cStride;
        int c7 = c6 + cStride;
        FloatVector sum0 = FloatVector.fromArray(FLOATS, c, c0);
        FloatVector sum1 = FloatVector.fromArray(FLOATS, c, c1);
        FloatVector sum2 = FloatVector.fromArray(FLOATS, c, c2);
        FloatVector sum3 = FloatVector.fromArray(FLOATS, c, c3);
        FloatVector sum4 = FloatVector.fromArray(FLOATS, c, c4);
        FloatVector sum5 = FloatVector.fromArray(FLOATS, c, c5);
        FloatVector sum6 = FloatVector.fromArray(FLOATS, c, c6);
        FloatVector sum7 = FloatVector.fromArray(FLOATS, c, c7);
        for (int i = 0; i < depth; i++) {
            FloatVector column = FloatVector.fromMemorySegment(FLOATS, m, mOffset + i * mStride, ORDER);
            sum0 = column.fma(FloatVector.broadcast(FLOATS, x[x0 + i]), sum0);
            sum1 = column.fma(FloatVector.broadcast(FLOATS, x[x1 + i]), sum1);
            sum2 = column.fma(FloatVector.broadcast(FLOATS, x[x2 + i]), sum2);
            sum3 = column.fma(FloatVector.broadcast(FLOATS, x[x3 + i]), sum3);
            sum4 = column.fma(FloatVector.broadcast(FLOATS, x[x4 + i]), sum4);
            sum5 = column.fma(FloatVector.broadcast(FLOATS, x[x5 + i]), sum5);
            sum6 = column.fma(FloatVector.broadcast(FLOATS, x[x6 + i]), sum6);
            sum7 = column.fma(FloatVector.broadcast(FLOATS, x[x7 + i]), sum7);
        }
        sum0.intoArray(c, c0);
        sum1.intoArray(c, c1);
        sum2.intoArray(c, c2);
        sum3.intoArray(c, c3);
        sum4.intoArray(c, c4);
        sum5.intoArray(c, c5);
        sum6.intoArray(c, c6);
        sum7.intoArray(c, c7);
    }
}
