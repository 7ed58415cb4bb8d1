package io.barista.engine.cpu;

import static io.barista.engine.cpu.Lanes.COUNT;
import static io.barista.engine.cpu.Lanes.FLOATS;
import static io.barista.engine.cpu.Lanes.ORDER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Activations [rows, inputs] in the type of the weights that oneDNN multiplies; int8 ones with a scale per row. */
final class OneDnnActivations extends RowTask {

    private static final int LARGEST = 127;
    /** Adding it to a small float leaves the nearest integer in the lowest bits. */
    private static final float TO_NEAREST = 0x1.8p23f;
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class,
            VectorShape.forBitSize(COUNT * Short.SIZE));
    private static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class,
            VectorShape.forBitSize(Math.max(64, COUNT * Byte.SIZE)));

    private final Arena arena;
    private MemorySegment converted = MemorySegment.NULL;
    private float[] scales = {};
    private float[] x = {};
    private int inputs;
    private OneDnnShape.Kind kind = OneDnnShape.Kind.BFLOAT16;

    OneDnnActivations(WorkerPool pool, Arena arena) {
        super(pool);
        this.arena = arena;
    }

    void convert(float[] x, int rows, int inputs, OneDnnShape.Kind kind) {
        this.x = x;
        this.inputs = inputs;
        this.kind = kind;
        int padded = Math.ceilDiv(rows, OneDnnShape.MOST_ROWS) * OneDnnShape.MOST_ROWS;
        long bytes = (long) padded * inputs * kind.bytes;
        if (converted.byteSize() < bytes) {
            converted = arena.allocate(bytes, 64);
        }
        if (scales.length < padded) {
            scales = new float[padded];
        }
        share(rows, inputs);
    }

    long address(int row) {
        return converted.address() + (long) row * inputs * kind.bytes;
    }

    float scale(int row) {
        return scales[row];
    }

    @Override
    void rows(int worker, int from, int to) {
        for (int row = from; row < to; row++) {
            switch (kind) {
                case BFLOAT16 -> toBfloat16(row * inputs);
                case INT8 -> toInt8(row);
            }
        }
    }

    /** Activations were rounded to bfloat16 when they were written: their upper half is all there is. */
    private void toBfloat16(int at) {
        int i = 0;
        for (; i + COUNT <= inputs; i += COUNT) {
            FloatVector.fromArray(FLOATS, x, at + i).reinterpretAsInts().lanewise(VectorOperators.LSHR, 16)
                    .convertShape(VectorOperators.I2S, SHORTS, 0)
                    .reinterpretAsShorts().intoMemorySegment(converted, (long) (at + i) * Short.BYTES, ORDER);
        }
        for (; i < inputs; i++) {
            converted.set(HostTensors.SHORT, (long) (at + i) * Short.BYTES,
                    (short) (Float.floatToRawIntBits(x[at + i]) >>> 16));
        }
    }

    private void toInt8(int row) {
        int at = row * inputs;
        float largest = largest(at);
        float scale = largest == 0 ? 1 : largest / LARGEST;
        float inverse = 1 / scale;
        scales[row] = scale;
        int i = 0;
        // Whole vectors of bytes only: with four lanes the shortest there is would hold twice as many.
        for (; COUNT * Byte.SIZE >= 64 && i + COUNT <= inputs; i += COUNT) {
            FloatVector.fromArray(FLOATS, x, at + i).mul(inverse).add(TO_NEAREST).reinterpretAsInts()
                    .convertShape(VectorOperators.I2B, BYTES, 0)
                    .reinterpretAsBytes().intoMemorySegment(converted, at + i, ORDER);
        }
        for (; i < inputs; i++) {
            converted.set(ValueLayout.JAVA_BYTE, at + i,
                    (byte) Float.floatToRawIntBits(x[at + i] * inverse + TO_NEAREST));
        }
    }

    private float largest(int at) {
        FloatVector most = FloatVector.zero(FLOATS);
        int i = 0;
        for (; i + COUNT <= inputs; i += COUNT) {
            most = most.max(FloatVector.fromArray(FLOATS, x, at + i).abs());
        }
        float largest = most.reduceLanes(VectorOperators.MAX);
        for (; i < inputs; i++) {
            largest = Math.max(largest, Math.abs(x[at + i]));
        }
        return largest;
    }
}
