package io.barista.engine.backend;

/**
 * What a token is drawn by for each row of logits: temperature, then min_p, top_k, top_p, then a draw. Filled in place by the runner
 * and reused for every step.
 */
public final class SamplingRows {

    /** Below it the most probable token is taken. */
    public static final double GREEDY_BELOW = 1e-5;

    /** Rows in use. */
    public int rows;

    public final double[] temperature;
    /** 0 is off. */
    public final int[] topK;
    public final double[] topP;
    public final double[] minP;
    /** Random numbers in [0, 1). */
    public final double[] uniform;

    public SamplingRows(int maxRows) {
        this.temperature = new double[maxRows];
        this.topK = new int[maxRows];
        this.topP = new double[maxRows];
        this.minP = new double[maxRows];
        this.uniform = new double[maxRows];
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
