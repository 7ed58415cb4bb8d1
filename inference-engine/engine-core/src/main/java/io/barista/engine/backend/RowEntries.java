package io.barista.engine.backend;

import java.util.Arrays;

/** For each row of logits some tokens with a number each. Filled row by row and reused for every step. */
public final class RowEntries {

    private static final int FIRST_ROOM = 1_024;

    /** Entries of row r are those from starts[r] up to starts[r + 1]. */
    public final int[] starts;
    /** Replaced by a longer array when there are more entries than ever. */
    public int[] tokens = new int[FIRST_ROOM];
    /** Beside tokens. */
    public int[] values = new int[FIRST_ROOM];

    private int rows;

    public RowEntries(int maxRows) {
        this.starts = new int[maxRows + 1];
    }

    public void clear() {
        rows = 0;
        starts[0] = 0;
        starts[1] = 0;
    }

    /** To the row that has begun; a row has each token once at most, or adds up what it has of it. */
    public void add(int token, int value) {
        int size = starts[rows + 1];
        if (size == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * size);
            values = Arrays.copyOf(values, 2 * size);
        }
        tokens[size] = token;
        values[size] = value;
        starts[rows + 1] = size + 1;
    }

    public void add(int token, float value) {
        add(token, Float.floatToRawIntBits(value));
    }

    public void endRow() {
        rows++;
        if (rows + 1 < starts.length) {
            starts[rows + 1] = starts[rows];
        }
    }

    /** Entries of all rows that have ended. */
    public int size() {
        return starts[rows];
    }
}
