package io.barista.sources;

/** Whether files that were fetched must be there after the machine has lost its power. */
public enum Durability {

    /** They are forced out before anyone sees them. */
    LASTING,

    /** They are of use to this process only; nothing waits for the disk. */
    PASSING
}
