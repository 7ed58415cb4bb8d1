package io.barista.engine.chat;

import io.barista.engine.chat.tools.ToolSignatures;

/** Where the tool calls of an output are to be found. */
public sealed interface ExpectedCalls {

    /** Nowhere: what looks like a call is content. */
    record None() implements ExpectedCalls {}

    /**
     * Where the model's dialect puts them, if it makes any.
     *
     * @param tools what can be called
     */
    record InDialect(ToolSignatures tools) implements ExpectedCalls {}

    /** The whole answer is {@code [{"name": ..., "parameters": {...}}, ...]}: a grammar sees to it. */
    record Listed() implements ExpectedCalls {}

    /** The whole answer is the arguments of this function: a grammar sees to it. */
    record ArgumentsOf(String function) implements ExpectedCalls {}
}
