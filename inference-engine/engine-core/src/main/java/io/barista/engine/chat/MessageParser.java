package io.barista.engine.chat;

import java.util.List;

/**
 * Splits the text that a model writes into reasoning, content and tool calls while it is being written. One instance reads one output
 * (one choice of a request), on one thread at a time; {@link OutputDialect#parser} makes it.
 *
 * <p>What comes out depends on the text alone, never on how it was cut into pieces: content and reasoning deltas joined, and the calls,
 * are the same for every chunking. Text that may still become a tag is held back. A tool call begins when its name is certain, and its
 * arguments are given while they are written: what breaks off before that is content, tags included; what breaks off later leaves
 * arguments as far as they came, and text behind them is content. Nothing but tags is lost.
 */
public interface MessageParser {

    /** The deltas that are certain after this piece of text; often one, sometimes none. */
    List<MessageDelta> append(String text);

    /** What was held back, when no text follows. Nothing may be appended afterwards. */
    List<MessageDelta> finish();

    /**
     * Whether the model is reasoning after what has been appended so far, from the start on if the prompt opened the reasoning. A token
     * whose text was appended while this was true before or after counts as a reasoning token.
     */
    boolean isReasoning();
}
