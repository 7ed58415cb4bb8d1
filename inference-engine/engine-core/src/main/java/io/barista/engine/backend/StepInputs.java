package io.barista.engine.backend;

/**
 * Host-side metadata of one step, filled in place by the runner and reused for every step. T is the number of tokens and S the
 * number of sequences of this step.
 */
public final class StepInputs {

    private final int maxBlocksPerSequence;

    /** Tokens of this step: T. */
    public int tokens;
    /** Sequences of this step: S. */
    public int sequences;
    /** Rows whose logits are wanted this step. */
    public int logitRows;

    /** Tokens of this step that an adapter adds to; 0 is a step of the base model alone. */
    public int adapterTokens;

    /** Negative ones stand for tokens that the step before drew: see {@link #drawnIn}. */
    public final int[] tokenIds; // [T]
    public final int[] positions; // [T]
    /** The row of the rope table that each token turns by: its position, but where a model rotates long sequences differently. */
    public final int[] ropeRows; // [T]
    /** Where each token's key and value go: block * blockTokens + offset. */
    public final int[] slots; // [T]
    /** The slot of the adapter that adds to each token; -1 is the base model alone. Undefined when adapterTokens is 0. */
    public final int[] adapterSlots; // [T]
    /** Tokens of sequence s are those from queryStarts[s] up to queryStarts[s + 1]. */
    public final int[] queryStarts; // [S + 1]
    /** Keys each sequence has once this step's are written. */
    public final int[] contextLengths; // [S]
    /** Block numbers of sequence s start at s * maxBlocksPerSequence. */
    public final int[] blockTables; // [S][maxBlocksPerSequence]
    /** Token rows whose logits are wanted, in ascending order. */
    public final int[] logitIndices; // [logitRows]

    public StepInputs(int maxTokens, int maxSequences, int maxBlocksPerSequence) {
        this.maxBlocksPerSequence = maxBlocksPerSequence;
        this.tokenIds = new int[maxTokens];
        this.positions = new int[maxTokens];
        this.ropeRows = new int[maxTokens];
        this.slots = new int[maxTokens];
        this.adapterSlots = new int[maxTokens];
        this.queryStarts = new int[maxSequences + 1];
        this.contextLengths = new int[maxSequences];
        this.blockTables = new int[Math.multiplyExact(maxSequences, maxBlocksPerSequence)];
        this.logitIndices = new int[maxTokens];
    }

    /** What stands in {@link #tokenIds} for the token that the step before drew from a row of its logits, and that only the device knows. */
    public static int drawnIn(int row) {
        return -1 - row;
    }

    /** Makes this a step of nothing. */
    public void clear() {
        tokens = 0;
        sequences = 0;
        logitRows = 0;
        adapterTokens = 0;
        queryStarts[0] = 0;
    }

    /** Grows a step of one token per sequence to so many, by tokens that are written nowhere, see nothing and want their logits. */
    public void padTo(int size) {
        for (int i = tokens; i < size; i++) {
            tokenIds[i] = 0;
            positions[i] = 0;
            ropeRows[i] = 0;
            slots[i] = -1;
            adapterSlots[i] = -1;
            queryStarts[i + 1] = i + 1;
            contextLengths[i] = 0;
            logitIndices[i] = i;
        }
        tokens = size;
        sequences = size;
        logitRows = size;
    }

    public int maxTokens() {
        return tokenIds.length;
    }

    public int maxSequences() {
        return contextLengths.length;
    }

    public int maxBlocksPerSequence() {
        return maxBlocksPerSequence;
    }
}
