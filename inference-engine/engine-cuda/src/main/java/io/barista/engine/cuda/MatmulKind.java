package io.barista.engine.cuda;

/** What a product is added to and what its results are. */
enum MatmulKind {
    PLAIN, BIASED,
    /** float32 results, without a bias. */
    TO_FLOATS,
    /** To what is in the output. */
    ADDED, ADDED_BIASED;

    static MatmulKind of(boolean biased, boolean added, boolean toFloats) {
        if (toFloats) {
            return TO_FLOATS;
        }
        return added ? biased ? ADDED_BIASED : ADDED : biased ? BIASED : PLAIN;
    }

    boolean isBiased() {
        return this == BIASED || this == ADDED_BIASED;
    }

    boolean isAdded() {
        return this == ADDED || this == ADDED_BIASED;
    }
}
