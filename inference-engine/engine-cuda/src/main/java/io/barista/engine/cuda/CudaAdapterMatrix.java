package io.barista.engine.cuda;

import io.barista.engine.backend.AdapterMatrix;
import io.barista.engine.backend.AdapterShape;

/**
 * Slots of adapters on the device, each of a fixed size; {@code lora_shrink.cu} says how one lies in its slot.
 *
 * @param rank   the largest, rounded up to what the kernels take
 * @param a      [slots] of {@code parts · rank · inputs} elements
 * @param b      [slots] of {@code width · rank} elements
 * @param ranks  int [slots, parts], 0 where nothing is added
 * @param scales float32 [slots, parts]
 * @param starts int [parts + 1], the first column of each part and the width
 */
record CudaAdapterMatrix(AdapterShape shape, int rank, int widest, long a, long b, long ranks, long scales, long starts)
        implements
            AdapterMatrix {

    /** Ranks are multiplied so many at a time. */
    static final int RANK_MULTIPLE = 16;

    static int rounded(int rank) {
        return Math.ceilDiv(rank, RANK_MULTIPLE) * RANK_MULTIPLE;
    }

    /** Elements from one slot's A to the next. */
    long slotOfA() {
        return (long) shape.parts() * rank * shape.inputs();
    }

    /** Elements from one slot's B to the next. */
    long slotOfB() {
        return (long) shape.width() * rank;
    }
}
