package io.barista.engine.scheduler;

import org.jspecify.annotations.Nullable;

/** What one step computes: for each sequence the next so many of its tokens. Filled by the scheduler and reused for every step. */
public final class StepPlan {

    private final @Nullable Sequence[] sequences;
    private final int[] counts;
    private final int[] promptRowStarts;
    private final int[] promptRows;
    private int size;
    private int tokens;
    private int logitRows;

    public StepPlan(int maxSequences) {
        this.sequences = new Sequence[maxSequences];
        this.counts = new int[maxSequences];
        this.promptRowStarts = new int[maxSequences];
        this.promptRows = new int[maxSequences];
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

    /** The first position of that sequence's prompt whose logits are wanted for the prompt's log-probabilities. */
    public int promptRowStart(int index) {
        return promptRowStarts[index];
    }

    /** How many such positions there are in this step, one after the other; most often none. */
    public int promptRows(int index) {
        return promptRows[index];
    }

    /** Rows of logits that this step needs, over all sequences. */
    public int logitRows() {
        return logitRows;
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
        logitRows = 0;
    }

    void add(Sequence sequence, int count) {
        sequences[size] = sequence;
        counts[size] = count;
        promptRowStarts[size] = sequence.firstPromptRow();
        int end = Math.min(sequence.computed() + count, sequence.promptLength() - 1);
        promptRows[size] = Math.max(0, end - promptRowStarts[size]);
        size++;
        tokens += count;
        logitRows += promptRows[size - 1] + (wantsToken(size - 1) ? 1 : 0);
    }
}
