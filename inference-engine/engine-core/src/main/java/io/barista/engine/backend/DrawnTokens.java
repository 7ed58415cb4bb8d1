package io.barista.engine.backend;

/** What a step drew, by rows of its logits. Filled by the backend and reused for every step. */
public final class DrawnTokens {

    public final int[] tokens;
    /** Of the raw logits: before rules, penalties and temperature. Undefined where no log-probabilities were asked for, as all below. */
    public final float[] logprobs;
    /** How many tokens are as probable as the one drawn or more; itself included. */
    public final int[] ranks;
    /** Most probable tokens, {@link #top} for each row. */
    public final int[] topTokens;
    public final float[] topLogprobs; // beside topTokens
    /** The most that was asked for of a row. */
    public int top;

    public DrawnTokens(int maxRows) {
        this.tokens = new int[maxRows];
        this.logprobs = new float[maxRows];
        this.ranks = new int[maxRows];
        this.topTokens = new int[maxRows * SamplingRows.MOST_TOP];
        this.topLogprobs = new float[maxRows * SamplingRows.MOST_TOP];
    }
}
