package io.barista.engine.sampling;

/** Values by falling key, the lower value first among equal keys; costs what is taken out, not a full sort. Never allocates. */
final class MaxHeap {

    /** Key in the upper half, made sortable as a signed integer; inverted value in the lower. */
    private final long[] entries;
    private int size;

    MaxHeap(int capacity) {
        this.entries = new long[capacity];
    }

    /** As one number that is the larger, the larger the key and, among equal keys, the lower the value. */
    static long entry(float key, int value) {
        int bits = Float.floatToRawIntBits(key);
        int sortable = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
        return ((long) sortable << 32) | (~value & 0xFFFF_FFFFL);
    }

    static float key(long entry) {
        int sortable = (int) (entry >> 32);
        return Float.intBitsToFloat(sortable ^ ((sortable >> 31) & Integer.MAX_VALUE));
    }

    static int value(long entry) {
        return ~(int) entry;
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    /** Puts an entry anywhere; {@link #heapify} brings order. */
    void add(float key, int value) {
        entries[size++] = entry(key, value);
    }

    void heapify() {
        for (int i = size / 2 - 1; i >= 0; i--) {
            siftDown(i);
        }
    }

    float firstKey() {
        return key(entries[0]);
    }

    int firstValue() {
        return value(0);
    }

    /** The value at a place of the heap's own order, which begins with the largest and is otherwise arbitrary. */
    int value(int index) {
        return value(entries[index]);
    }

    void removeFirst() {
        entries[0] = entries[--size];
        siftDown(0);
    }

    private void siftDown(int start) {
        int parent = start;
        long entry = entries[parent];
        for (int child = 2 * parent + 1; child < size; child = 2 * parent + 1) {
            if (child + 1 < size && entries[child + 1] > entries[child]) {
                child++;
            }
            if (entry >= entries[child]) {
                break;
            }
            entries[parent] = entries[child];
            parent = child;
        }
        entries[parent] = entry;
    }
}
