package io.barista.engine.cpu;

import static io.barista.engine.cpu.Lanes.COUNT;
import static io.barista.engine.cpu.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** {@link Bfloat16#round(float[], int, int)} on vectors and several threads: every result of a bfloat16 model passes here. */
final class VectorRounding extends RowTask {

    private static final int PIECE = 4096;

    private float[] values = {};
    private int count;

    VectorRounding(WorkerPool pool) {
        super(pool);
    }

    void round(float[] values, int count) {
        this.values = values;
        this.count = count;
        share(Math.ceilDiv(count, PIECE), PIECE);
    }

    @Override
    void rows(int worker, int from, int to) {
        int end = Math.min(to * PIECE, count);
        int i = from * PIECE;
        for (; i + COUNT <= end; i += COUNT) {
            FloatVector value = FloatVector.fromArray(FLOATS, values, i);
            IntVector bits = value.reinterpretAsInts();
            IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
            IntVector nearest = bits.add(odd).add(0x7fff);
            VectorMask<Integer> number = value.compare(VectorOperators.EQ, value).cast(bits.species());
            bits.or(0x40_0000).blend(nearest, number).and(0xffff_0000).reinterpretAsFloats().intoArray(values, i);
        }
        Bfloat16.round(values, i, end);
    }
}
