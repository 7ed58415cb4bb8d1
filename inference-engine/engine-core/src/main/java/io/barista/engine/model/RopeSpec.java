package io.barista.engine.model;

/** Which angles rotary position embedding turns by: the frequencies of each pair of a head's dimensions. */
public sealed interface RopeSpec {

    double theta();

    /** By how much the type stretches {@code max_position_embeddings}. */
    default double contextFactor() {
        return 1;
    }

    /** θ^(-2i/D), unscaled. */
    record Default(double theta) implements RopeSpec {}

    /** Positions divided by {@code factor}. */
    record Linear(double theta, double factor) implements RopeSpec {

        @Override
        public double contextFactor() {
            return factor;
        }
    }

    /**
     * Llama 3.1: low frequencies divided by {@code factor}, high ones kept, a smooth passage between.
     *
     * @param originalMaxPositions context of the first training, which separates low from high
     */
    record Llama3(double theta, double factor, double lowFreqFactor, double highFreqFactor,
            int originalMaxPositions) implements RopeSpec {}
}
