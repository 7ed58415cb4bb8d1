package io.barista.engine.chat.jinja;

/**
 * What one rendering may use.
 *
 * @param steps      operations; long texts count as many
 * @param depth      nested calls, statements and expressions
 * @param textLength characters of the output, and of any text on the way; also the entries of any list
 */
public record JinjaLimits(long steps, int depth, int textLength) {

    /** Published templates need about 100 steps a message; all of this is spent in a second or two. */
    public static final JinjaLimits DEFAULT = new JinjaLimits(10_000_000, 1_000, 64_000_000);
}
