package io.barista.engine.cpu;

import io.barista.engine.backend.Matrix;
import io.barista.engine.backend.Weight;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Weights in slices of outputs, each in oneDNN's own layout; the last is filled up with zeros.
 *
 * @param slices [slices][packedBytes]
 * @param scales of every output where weights are int8, else empty
 * @param plain  views of the file that rows are read from where weights are as stored, else empty
 */
record OneDnnMatrix(String name, int outputs, int inputs, OneDnnShape.Kind kind, OneDnnShape shape,
        MemorySegment slices, float[] scales, List<Weight.Dense> plain) implements Matrix {

    int sliceCount() {
        return Math.ceilDiv(outputs, shape.outputs());
    }

    MemorySegment slice(int index) {
        return slices.asSlice(index * shape.packedBytes(), shape.packedBytes());
    }

    long sliceAddress(int index) {
        return slices.address() + index * shape.packedBytes();
    }
}
