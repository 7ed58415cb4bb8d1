package io.barista.engine.sampling;

/**
 * The few largest of many values in one pass: what does not beat the smallest of the best so far, as nearly all do not, costs one
 * comparison. Never allocates.
 */
final class TopK {

    /** Beyond so many a heap of all values is cheaper. */
    static final int MOST = 1_024;

    /** A heap with the smallest at the front; entries as {@link MaxHeap#entry} makes them. */
    private final long[] entries = new long[MOST];
    private int size;

    /** Finds the {@code count} largest of {@code values}, the lower index first among equals. */
    void select(float[] values, int count) {
        size = 0;
        float least = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < values.length; i++) {
            float value = values[i];
            if (size < count) {
                add(MaxHeap.entry(value, i));
                least = MaxHeap.key(entries[0]);
            } else if (value > least) {
                entries[0] = MaxHeap.entry(value, i);
                siftDown(0, size);
                least = MaxHeap.key(entries[0]);
            }
        }
    }

    int size() {
        return size;
    }

    /** The smallest of those found. */
    float least() {
        return MaxHeap.key(entries[0]);
    }

    /** Puts the largest first; afterwards only {@link #index} may be asked. */
    void sort() {
        for (int end = size - 1; end > 0; end--) {
            long smallest = entries[0];
            entries[0] = entries[end];
            entries[end] = smallest;
            siftDown(0, end);
        }
    }

    /** Where the {@code rank}-th largest, from 0, is among the values. */
    int index(int rank) {
        return MaxHeap.value(entries[rank]);
    }

    private void add(long entry) {
        int child = size++;
        while (child > 0 && entries[(child - 1) / 2] > entry) {
            entries[child] = entries[(child - 1) / 2];
            child = (child - 1) / 2;
        }
        entries[child] = entry;
    }

    private void siftDown(int start, int end) {
        int parent = start;
        long entry = entries[parent];
        for (int child = 2 * parent + 1; child < end; child = 2 * parent + 1) {
            if (child + 1 < end && entries[child + 1] < entries[child]) {
                child++;
            }
            if (entry <= entries[child]) {
                break;
            }
            entries[parent] = entries[child];
            parent = child;
        }
        entries[parent] = entry;
    }
}
