package io.barista.engine.grammar.automaton;

import java.util.Arrays;

/** Integers in a growing array. */
final class IntList {

    private int[] values = new int[16];
    private int size;

    void add(int value) {
        values = size == values.length ? Arrays.copyOf(values, size * 2) : values;
        values[size++] = value;
    }

    int get(int index) {
        return values[index];
    }

    void set(int index, int value) {
        values[index] = value;
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    int[] toArray() {
        return Arrays.copyOf(values, size);
    }

    int[] toSortedArray() {
        int[] sorted = toArray();
        Arrays.sort(sorted);
        return sorted;
    }
}
