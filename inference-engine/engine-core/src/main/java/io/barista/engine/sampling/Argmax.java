package io.barista.engine.sampling;

/** The most probable token. */
final class Argmax {

    private static final int LANES = 8;

    private Argmax() {}

    /** The lowest id among the largest, so that ties are the same everywhere. Logits that are no numbers are never the largest. */
    static int of(float[] logits) {
        float largest = largest(logits);
        for (int id = 0; id < logits.length; id++) {
            if (logits[id] == largest) {
                return id;
            }
        }
        return 0;
    }

    /** In several chains, so that one comparison need not wait for the one before. */
    private static float largest(float[] logits) {
        float a = Float.NEGATIVE_INFINITY;
        float b = a;
        float c = a;
        float d = a;
        int id = 0;
        for (; id + LANES <= logits.length; id += LANES) {
            a = larger(larger(a, logits[id]), logits[id + 1]);
            b = larger(larger(b, logits[id + 2]), logits[id + 3]);
            c = larger(larger(c, logits[id + 4]), logits[id + 5]);
            d = larger(larger(d, logits[id + 6]), logits[id + 7]);
        }
        for (; id < logits.length; id++) {
            a = larger(a, logits[id]);
        }
        return larger(larger(a, b), larger(c, d));
    }

    private static float larger(float best, float logit) {
        return logit > best ? logit : best;
    }
}
