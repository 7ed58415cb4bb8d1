package io.barista.engine.scheduler;

import io.barista.engine.StepPhase;
import org.jspecify.annotations.Nullable;

/** What one step computes: for each sequence the next so many of its tokens. Filled by the scheduler and reused for every other step. */
public final class StepPlan {

    private final @Nullable Sequence[] sequences;
    private final int[] counts;
    private final int[] promptRowStarts;
    private final int[] promptRows;
    private final boolean[] wantsToken;
    private final int[] tokenRows;
    private int size;
    private int tokens;
    private int logitRows;
    private int decoding;

    public StepPlan(int maxSequences) {
        this.sequences = new Sequence[maxSequences];
        this.counts = new int[maxSequences];
        this.promptRowStarts = new int[maxSequences];
        this.promptRows = new int[maxSequences];
        this.wantsToken = new boolean[maxSequences];
        this.tokenRows = new int[maxSequences];
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

    /** Never asked of an empty plan. */
    public StepPhase phase() {
        return decoding == 0 ? StepPhase.PREFILL : decoding == size ? StepPhase.DECODE : StepPhase.MIXED;
    }

    /** Rows of logits that this step needs, over all sequences. */
    public int logitRows() {
        return logitRows;
    }

    /** Whether the sequence has all its tokens computed after this step, so that its next one is to be chosen. */
    public boolean wantsToken(int index) {
        return wantsToken[index];
    }

    /** The row of logits that its next token comes from, where it wants one. */
    public int tokenRow(int index) {
        return tokenRows[index];
    }

    void clear() {
        for (int i = 0; i < size; i++) {
            sequences[i] = null;
        }
        size = 0;
        tokens = 0;
        logitRows = 0;
        decoding = 0;
    }

    void add(Sequence sequence, int count) {
        sequences[size] = sequence;
        counts[size] = count;
        promptRowStarts[size] = sequence.firstPromptRow();
        int end = Math.min(sequence.computed() + count, sequence.promptLength() - 1);
        promptRows[size] = Math.max(0, end - promptRowStarts[size]);
        wantsToken[size] = sequence.pending() == count;
        tokenRows[size] = logitRows + promptRows[size];
        logitRows = tokenRows[size] + (wantsToken[size] ? 1 : 0);
        tokens += count;
        decoding += count == 1 && sequence.computed() >= sequence.promptLength() ? 1 : 0;
        size++;
    }
}
