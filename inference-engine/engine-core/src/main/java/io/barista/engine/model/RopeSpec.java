package io.barista.engine.model;

import java.util.List;
import java.util.OptionalInt;

/** Which angles rotary position embedding turns by: the frequencies of each pair of a head's dimensions. */
public sealed interface RopeSpec {

    double theta();

    /** The longest context the model was made for, {@code maxPositions} being {@code max_position_embeddings}. */
    default int contextLength(int maxPositions) {
        return maxPositions;
    }

    /** Factor on cosines and sines. */
    default double attentionFactor() {
        return 1;
    }

    /**
     * Up to how many tokens a sequence turns by its first set of frequencies; a longer one turns by its second from its first token
     * on. Empty where there is one set.
     */
    default OptionalInt longFrom() {
        return OptionalInt.empty();
    }

    private static int stretched(int positions, double factor) {
        return (int) Math.min(Integer.MAX_VALUE, (long) (positions * factor));
    }

    /** θ^(-2i/D), unscaled. */
    record Default(double theta) implements RopeSpec {}

    /** Positions divided by {@code factor}. */
    record Linear(double theta, double factor) implements RopeSpec {

        @Override
        public int contextLength(int maxPositions) {
            return stretched(maxPositions, factor);
        }
    }

    /**
     * Llama 3.1: low frequencies divided by {@code factor}, high ones kept, a smooth passage between.
     *
     * @param originalMaxPositions context of the first training, which separates low from high
     */
    record Llama3(double theta, double factor, double lowFreqFactor, double highFreqFactor,
            int originalMaxPositions) implements RopeSpec {}

    /**
     * Frequencies that turn less than {@code betaSlow} times within the first training's context are divided by {@code factor}, those
     * that turn more than {@code betaFast} times are kept, those between are mixed.
     *
     * @param truncate whether the borders between are rounded to whole dimensions
     */
    record Yarn(double theta, double factor, int originalMaxPositions, double betaFast, double betaSlow,
            double attentionFactor, boolean truncate) implements RopeSpec {

        @Override
        public int contextLength(int maxPositions) {
            return stretched(originalMaxPositions, factor);
        }
    }

    /**
     * Plain up to {@code maxPositions}, and with a larger base for longer sequences. The base is that of the longest context, as
     * in vLLM, since keys in the cache cannot be turned anew with every token.
     */
    record Dynamic(double theta, double factor, int maxPositions) implements RopeSpec {

        @Override
        public int contextLength(int positions) {
            return stretched(positions, factor);
        }

        @Override
        public OptionalInt longFrom() {
            return OptionalInt.of(maxPositions);
        }

        /** The base of sequences longer than {@code maxPositions}. */
        double longTheta(int rotaryDim) {
            return theta * Math.pow(factor * factor - (factor - 1), rotaryDim / (rotaryDim - 2.0));
        }
    }

    /**
     * Phi-3: each frequency divided by a factor of its own, one list for sequences within the first training's context and one for
     * longer ones.
     *
     * @param shortFactors [rotaryDim / 2]
     * @param longFactors  [rotaryDim / 2]
     */
    record LongRope(double theta, List<Double> shortFactors, List<Double> longFactors, int originalMaxPositions,
            double attentionFactor) implements RopeSpec {

        @Override
        public OptionalInt longFrom() {
            return OptionalInt.of(originalMaxPositions);
        }
    }
}
