package io.barista.engine.cpu;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** The widest vectors of this machine. Every kernel is written for any width. */
final class Lanes {

    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    /** Floats in a vector: L in comments. */
    static final int COUNT = FLOATS.length();
    static final int BYTES = COUNT * Float.BYTES;
    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private Lanes() {}

    /** The next multiple of the vector length. */
    static int roundUp(int count) {
        return Math.ceilDiv(count, COUNT) * COUNT;
    }
}
