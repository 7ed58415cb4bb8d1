package io.barista.engine.backend;

/**
 * What a token is drawn by for each row of logits: what rules add to logits, penalties, temperature, then min_p, top_k, top_p, then a
 * draw. Filled in place by the runner, row by row, and reused for every step.
 */
public final class SamplingRows {

    /** Below it the most probable token is taken. */
    public static final double GREEDY_BELOW = 1e-5;

    /** So many of the most probable tokens may be asked for with their log-probabilities. */
    public static final int MOST_TOP = 20;

    /** Stands in {@link #top} for no log-probabilities. */
    public static final int NO_LOGPROBS = -1;

    /** Rows in use. */
    public int rows;

    public final double[] temperature;
    /** 0 is off. */
    public final int[] topK;
    public final double[] topP;
    public final double[] minP;
    /** Random numbers in [0, 1). */
    public final double[] uniform;

    /** float32 bits that are added to logits of tokens first: biases, minus infinity for tokens that are forbidden. */
    public final RowEntries added;
    /** Each token of prompt and output once, with how often it is in the output; of rows with penalties. */
    public final RowEntries seen;
    public final double[] repetition;
    public final double[] frequency;
    public final double[] presence;
    /** How many of the most probable tokens to tell about beside the one drawn, or {@link #NO_LOGPROBS}. */
    public final int[] top;

    public SamplingRows(int maxRows) {
        this.temperature = new double[maxRows];
        this.topK = new int[maxRows];
        this.topP = new double[maxRows];
        this.minP = new double[maxRows];
        this.uniform = new double[maxRows];
        this.added = new RowEntries(maxRows);
        this.seen = new RowEntries(maxRows);
        this.repetition = new double[maxRows];
        this.frequency = new double[maxRows];
        this.presence = new double[maxRows];
        this.top = new int[maxRows];
    }

    /** Begins with the first row. */
    public void clear() {
        rows = 0;
        added.clear();
        seen.clear();
    }

    /** Ends a row, whose entries were added. */
    public void endRow() {
        added.endRow();
        seen.endRow();
        rows++;
    }

    /** The most probable token for a row. */
    public void setGreedy(int row) {
        set(row, 0, 0, 1, 0, 0);
    }

    public void set(int row, double rowTemperature, int rowTopK, double rowTopP, double rowMinP, double rowUniform) {
        temperature[row] = rowTemperature;
        topK[row] = rowTopK;
        topP[row] = rowTopP;
        minP[row] = rowMinP;
        uniform[row] = rowUniform;
        setPenalties(row, 1, 0, 0);
        top[row] = NO_LOGPROBS;
    }

    public void setPenalties(int row, double rowRepetition, double rowFrequency, double rowPresence) {
        repetition[row] = rowRepetition;
        frequency[row] = rowFrequency;
        presence[row] = rowPresence;
    }

    /** The most of the most probable tokens that a row wants, or {@link #NO_LOGPROBS} where none wants log-probabilities. */
    public int mostTop() {
        int most = NO_LOGPROBS;
        for (int row = 0; row < rows; row++) {
            most = Math.max(most, top[row]);
        }
        return most;
    }

    public boolean isAllGreedy() {
        for (int row = 0; row < rows; row++) {
            if (temperature[row] >= GREEDY_BELOW) {
                return false;
            }
        }
        return true;
    }
}
