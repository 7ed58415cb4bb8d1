package io.barista.engine.cpu;

import static io.barista.engine.cpu.Lanes.COUNT;
import static io.barista.engine.cpu.Lanes.FLOATS;
import static io.barista.engine.cpu.Lanes.INTS;
import static io.barista.engine.cpu.Lanes.ORDER;

import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.jspecify.annotations.Nullable;

/**
 * out: [rows, outputs] = x: [rows, inputs] · Wᵀ + bias by oneDNN. Activations are brought into the weights' type first (int8 with a
 * scale per row); then workers share out the slices of the weights, and each runs over all rows, 64 at a time.
 */
final class OneDnnMatmul implements WorkerPool.Task {

    private final OneDnn oneDnn;
    private final OneDnnPacker packer;
    private final OneDnnPacker.Rows int8Rows;
    private final WorkerPool pool;
    private final Arena arena;
    private final boolean[] prepared; // [worker]
    private final OneDnnActivations activations;

    private @Nullable OneDnnMatrix w;
    private float @Nullable [] bias;
    private float[] out = {};
    private int rows;

    OneDnnMatmul(OneDnn oneDnn, WorkerPool pool, Arena arena) {
        this.oneDnn = oneDnn;
        this.pool = pool;
        this.arena = arena;
        packer = new OneDnnPacker(oneDnn, arena, pool.size());
        int8Rows = packer.new Rows();
        prepared = new boolean[pool.size()];
        activations = new OneDnnActivations(pool, arena);
    }

    OneDnnMatrix pack(String name, OneDnnShape.Kind kind, List<? extends Weight> parts) {
        return packer.pack(name, kind, parts);
    }

    /** Weights of one output, widened and scaled. */
    void row(OneDnnMatrix table, int output, float scale, float[] target, int at) {
        int row = output;
        for (Weight.Dense weight : table.plain()) {
            HostTensor part = weight.tensor();
            if (row < part.dim(0)) {
                long from = (long) row * table.inputs();
                for (int k = 0; k < table.inputs(); k++) {
                    target[at + k] = scale * HostTensors.value(part.dtype(), part.data(), from + k);
                }
                return;
            }
            row -= part.dim(0);
        }
        int8Rows.read(table, output, scale, target, at);
    }

    void multiply(OneDnnMatrix w, float @Nullable [] bias, float[] x, int rows, float[] out) {
        this.w = w;
        this.bias = bias;
        this.rows = rows;
        this.out = out;
        activations.convert(x, rows, w.inputs(), w.kind());
        pool.run(this, w.sliceCount());
    }

    /** One slice over all rows. */
    @Override
    public void run(int worker, int index) {
        OneDnnMatrix weights = Objects.requireNonNull(w);
        if (!prepared[worker]) {
            oneDnn.useCallingThreadOnly();
            prepared[worker] = true;
        }
        int width = weights.shape().outputs();
        int first = index * width;
        int count = Math.min(width, weights.outputs() - first);
        MemorySegment sums = packer.sums(worker);
        for (int from = 0; from < rows; from += OneDnnShape.MOST_ROWS) {
            int some = Math.min(OneDnnShape.MOST_ROWS, rows - from);
            weights.shape().multiply(worker, some, activations.address(from), weights.sliceAddress(index));
            for (int row = 0; row < some; row++) {
                int to = (from + row) * weights.outputs() + first;
                switch (weights.kind()) {
                    case BFLOAT16 -> MemorySegment.copy(sums, ValueLayout.JAVA_FLOAT, (long) row * width * Float.BYTES,
                            out, to, count);
                    case INT8 -> scale(sums, (long) row * width * Integer.BYTES, activations.scale(from + row),
                            weights.scales(), first, count, out, to);
                }
                addBias(first, count, to);
            }
        }
    }

    /** out[to + i] = sums[i] · rowScale · scales[first + i] */
    private static void scale(MemorySegment sums, long offset, float rowScale, float[] scales, int first, int count,
            float[] out, int to) {
        int i = 0;
        for (; i + COUNT <= count; i += COUNT) {
            FloatVector sum = (FloatVector) IntVector
                    .fromMemorySegment(INTS, sums, offset + (long) i * Integer.BYTES, ORDER)
                    .convert(VectorOperators.I2F, 0);
            sum.mul(rowScale).mul(FloatVector.fromArray(FLOATS, scales, first + i)).intoArray(out, to + i);
        }
        for (; i < count; i++) {
            out[to + i] = sums.get(ValueLayout.JAVA_INT, offset + (long) i * Integer.BYTES) * rowScale
                    * scales[first + i];
        }
    }

    private void addBias(int first, int count, int to) {
        float[] added = bias;
        if (added != null) {
            for (int i = 0; i < count; i++) {
                out[to + i] += added[first + i];
            }
        }
    }
}
