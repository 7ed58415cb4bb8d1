package io.barista.engine.model;

/** Cosines and sines of a {@link RopeSpec}, rounded to float32 where the reference implementation rounds. */
final class RopeAngles {

    private RopeAngles() {}

    /** [positions][rotaryDim]: rotaryDim/2 cosines, then as many sines. */
    static float[] cosSin(RopeSpec spec, int rotaryDim, int positions) {
        float[] frequencies = frequencies(spec, rotaryDim);
        int half = rotaryDim / 2;
        float[] table = new float[Math.multiplyExact(positions, rotaryDim)];
        for (int position = 0; position < positions; position++) {
            int row = position * rotaryDim;
            for (int i = 0; i < half; i++) {
                float angle = position * frequencies[i];
                table[row + i] = (float) Math.cos(angle);
                table[row + half + i] = (float) Math.sin(angle);
            }
        }
        return table;
    }

    /** [rotaryDim/2]: radians per position. */
    static float[] frequencies(RopeSpec spec, int rotaryDim) {
        float[] frequencies = new float[rotaryDim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            float base = (float) (1 / Math.pow(spec.theta(), 2.0 * i / rotaryDim));
            frequencies[i] = switch (spec) {
                case RopeSpec.Default _ -> base;
                case RopeSpec.Linear linear -> (float) (base / linear.factor());
                case RopeSpec.Llama3 llama3 -> (float) scale(llama3, base);
            };
        }
        return frequencies;
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
}
