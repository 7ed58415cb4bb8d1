package io.barista.engine.cuda;

/**
 * Matrices of one shape and kind on the device, one after another; in all of them what belongs to one output lies together.
 *
 * @param count     how many
 * @param outputs   of each
 * @param inputs    of each
 * @param groupSize inputs that share a scale; 0 for dense weights, which have neither scales nor zeros nor an order
 * @param weights   address of elements [count, outputs, inputs], or of codes as {@link io.barista.engine.backend.Weight} has them
 * @param scales    address of float32 [count, outputs, groups]
 * @param zeros     address of bytes [count, outputs, groups]; 0 where codes have none
 * @param order     address of int32 [count, inputs]: the input that a code belongs to; 0 is the natural order
 */
record PackedWeights(int count, int outputs, int inputs, WeightKind kind, int groupSize, long weights, long scales,
        long zeros, long order) {

    private static final int MOST_SPAN = 256;

    static PackedWeights dense(int count, int outputs, int inputs, long weights) {
        return new PackedWeights(count, outputs, inputs, WeightKind.DENSE, 0, weights, 0, 0, 0);
    }

    /** Inputs that neighbour each other in one group wherever they begin at a multiple of their number: at most 256, a power of two. */
    int span() {
        return groupSize >= inputs ? MOST_SPAN : Math.min(MOST_SPAN, Integer.lowestOneBit(groupSize));
    }

    boolean isOrdered() {
        return order != 0;
    }
}
