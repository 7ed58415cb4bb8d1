package io.barista.engine.testkit;

import io.barista.engine.backend.TensorOps;

/** A backend, and what the parity kits measure it by. Whoever opens operations closes them. */
public interface Comparison {

    /** Exact enough to measure others by. */
    TensorOps openOracle();

    TensorOps openCandidate();

    /** Rows of activations that the candidate takes have a multiple of so many columns. */
    default int columnMultiple() {
        return 1;
    }

    /** Blocks of a cache that the candidate takes hold a multiple of so many tokens. */
    default int blockMultiple() {
        return 1;
    }
}
