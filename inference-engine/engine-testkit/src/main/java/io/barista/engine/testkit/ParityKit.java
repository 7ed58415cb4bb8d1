package io.barista.engine.testkit;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Operations of a backend against an oracle, over sizes that are no multiple of anything. A backend's test extends one of the kits and
 * says what to compare; seeds are fixed, so a failure repeats.
 */
abstract class ParityKit {

    final Random random;
    private final Comparison comparison;

    @SuppressWarnings("NullAway.Init") // opened before each test
    Twin twin;

    ParityKit(Comparison comparison, int seed) {
        this.comparison = comparison;
        this.random = new Random(seed);
    }

    /** Of rows that the candidate takes. */
    final int columns(int atLeast) {
        return Math.ceilDiv(atLeast, comparison.columnMultiple()) * comparison.columnMultiple();
    }

    /** Of a cache that the candidate takes. */
    final int blockTokens(int atLeast) {
        return Math.ceilDiv(atLeast, comparison.blockMultiple()) * comparison.blockMultiple();
    }

    @BeforeEach
    void open() {
        twin = new Twin(comparison.openOracle(), comparison.openCandidate());
    }

    @AfterEach
    void close() {
        twin.close();
    }
}
