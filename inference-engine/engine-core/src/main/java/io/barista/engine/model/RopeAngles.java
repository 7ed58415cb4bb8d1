package io.barista.engine.model;

/** Cosines and sines of a {@link RopeSpec}, rounded to float32 where the reference implementation rounds. */
final class RopeAngles {

    private RopeAngles() {}

    /**
     * [sets · positions][rotaryDim]: rotaryDim/2 cosines, then as many sines. The rows of short sequences, and after them, where there
     * are two sets, those of long ones.
     */
    static float[] cosSin(RopeSpec spec, int rotaryDim, int positions, int sets) {
        float[] table = new float[Math.multiplyExact(Math.multiplyExact(sets, positions), rotaryDim)];
        for (int set = 0; set < sets; set++) {
            fill(table, set * positions, frequencies(spec, rotaryDim, set == 1), positions, spec.attentionFactor());
        }
        return table;
    }

    private static void fill(float[] table, int firstRow, float[] frequencies, int positions, double factor) {
        int half = frequencies.length;
        for (int position = 0; position < positions; position++) {
            int row = (firstRow + position) * 2 * half;
            for (int i = 0; i < half; i++) {
                float angle = position * frequencies[i];
                table[row + i] = (float) (Math.cos(angle) * factor);
                table[row + half + i] = (float) (Math.sin(angle) * factor);
            }
        }
    }

    /**
     * [rotaryDim/2]: radians per position.
     *
     * @param longSequence whether for a sequence longer than {@link RopeSpec#longFrom}
     */
    static float[] frequencies(RopeSpec spec, int rotaryDim, boolean longSequence) {
        float[] frequencies = new float[rotaryDim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            float base = base(spec.theta(), i, rotaryDim);
            frequencies[i] = switch (spec) {
                case RopeSpec.Default _ -> base;
                case RopeSpec.Linear linear -> (float) (base / linear.factor());
                case RopeSpec.Llama3 llama3 -> (float) scale(llama3, base);
                case RopeSpec.Yarn yarn -> (float) scale(yarn, base, i, rotaryDim);
                case RopeSpec.Dynamic dynamic ->
                    longSequence ? base(dynamic.longTheta(rotaryDim), i, rotaryDim) : base;
                case RopeSpec.LongRope rope ->
                    (float) (base / (longSequence ? rope.longFactors().get(i) : rope.shortFactors().get(i)));
            };
        }
        return frequencies;
    }

    private static float base(double theta, int i, int rotaryDim) {
        return (float) (1 / Math.pow(theta, 2.0 * i / rotaryDim));
    }

    private static double scale(RopeSpec.Llama3 spec, double frequency) {
        double wavelength = 2 * Math.PI / frequency;
        if (wavelength < spec.originalMaxPositions() / spec.highFreqFactor()) {
            return frequency;
        }
        if (wavelength > spec.originalMaxPositions() / spec.lowFreqFactor()) {
            return frequency / spec.factor();
        }
        double smooth = (spec.originalMaxPositions() / wavelength - spec.lowFreqFactor())
                / (spec.highFreqFactor() - spec.lowFreqFactor());
        return (1 - smooth) * frequency / spec.factor() + smooth * frequency;
    }

    private static double scale(RopeSpec.Yarn spec, double frequency, int i, int rotaryDim) {
        double first = dimensionThatTurns(spec, spec.betaFast(), rotaryDim);
        double last = dimensionThatTurns(spec, spec.betaSlow(), rotaryDim);
        if (spec.truncate()) {
            first = Math.floor(first);
            last = Math.ceil(last);
        }
        first = Math.max(first, 0);
        last = Math.min(last, rotaryDim - 1);
        double divided = Math.clamp((i - first) / (last == first ? 0.001 : last - first), 0.0, 1.0);
        return frequency / spec.factor() * divided + frequency * (1 - divided);
    }

    /** The pair of dimensions that turns so many times within the first training's context. */
    private static double dimensionThatTurns(RopeSpec.Yarn spec, double times, int rotaryDim) {
        return rotaryDim * Math.log(spec.originalMaxPositions() / (times * 2 * Math.PI)) / (2 * Math.log(spec.theta()));
    }
}
