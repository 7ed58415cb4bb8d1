package io.barista.engine.testkit;

/** How far two arrays of logits are apart. */
public final class Distance {

    private Distance() {}

    public static double cosine(float[] left, float[] right) {
        double dot = 0;
        double leftSquares = 0;
        double rightSquares = 0;
        for (int i = 0; i < left.length; i++) {
            dot += (double) left[i] * right[i];
            leftSquares += (double) left[i] * left[i];
            rightSquares += (double) right[i] * right[i];
        }
        return dot / Math.sqrt(leftSquares * rightSquares);
    }

    /** KL(reference ‖ other) of the distributions, in nats. */
    public static double divergence(float[] reference, float[] other) {
        double referenceNorm = logSumExp(reference);
        double otherNorm = logSumExp(other);
        double sum = 0;
        for (int i = 0; i < reference.length; i++) {
            double logProbability = reference[i] - referenceNorm;
            sum += Math.exp(logProbability) * (logProbability - (other[i] - otherNorm));
        }
        return sum;
    }

    private static double logSumExp(float[] logits) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        return max + Math.log(sum);
    }
}
