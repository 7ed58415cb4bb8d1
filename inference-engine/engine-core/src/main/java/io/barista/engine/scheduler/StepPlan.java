package io.barista.engine.scheduler;

import org.jspecify.annotations.Nullable;

/** What one step computes: for each sequence the next so many of its tokens. Filled by the scheduler and reused for every step. */
public final class StepPlan {

    private final @Nullable Sequence[] sequences;
    private final int[] counts;
    private int size;
    private int tokens;

    public StepPlan(int maxSequences) {
        this.sequences = new Sequence[maxSequences];
        this.counts = new int[maxSequences];
    }

    /** Sequences in this step. */
    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** Tokens in this step, over all sequences. */
    public int tokens() {
        return tokens;
    }

    public Sequence sequence(int index) {
        Sequence sequence = sequences[index];
        if (sequence == null || index >= size) {
            throw new IndexOutOfBoundsException(index);
        }
        return sequence;
    }

    /** Tokens of that sequence, from its {@link Sequence#computed()} on. */
    public int count(int index) {
        return counts[index];
    }

    /** Whether the sequence has all its tokens computed after this step, so that its next one is to be chosen. */
    public boolean wantsToken(int index) {
        return sequence(index).pending() == counts[index];
    }

    void clear() {
        for (int i = 0; i < size; i++) {
            sequences[i] = null;
        }
        size = 0;
        tokens = 0;
    }

    void add(Sequence sequence, int count) {
        sequences[size] = sequence;
        counts[size] = count;
        size++;
        tokens += count;
    }
}
