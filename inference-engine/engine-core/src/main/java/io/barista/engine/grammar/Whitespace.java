package io.barista.engine.grammar;

/** Where JSON leaves space to its writer. */
public enum Whitespace {

    /** None, a space, or a line break and an indentation: enough for compact and for pretty text, and never endless. */
    FLEXIBLE,

    /** None. */
    NONE
}
