package io.barista.engine.model;

/**
 * Where a model turns keys differently in sequences longer than its first training's context: the border, and where the rows of
 * long sequences begin in its rope tables. What was computed for a short sequence is of no use to a long one.
 *
 * @param limit tokens of the longest short sequence
 */
public record LongSequences(int limit, int firstRow) {

    /** All sequences are alike. */
    public static final LongSequences NONE = new LongSequences(Integer.MAX_VALUE, 0);

    /** Whether a sequence of so many tokens is a long one. */
    public boolean isLong(int tokens) {
        return tokens > limit;
    }

    /** The rope row of position 0 in a sequence of so many tokens; the others follow. */
    public int rowOfFirstPosition(int tokens) {
        return isLong(tokens) ? firstRow : 0;
    }
}
