package io.barista.engine.cpu;

/** Φ, which the exact GELU needs. */
final class NormalDistribution {

    private static final double LOG_ROOT_TWO_PI = 0.5 * Math.log(2 * Math.PI);

    private NormalDistribution() {}

    /** By the series of G. Marsaglia, "Evaluating the Normal Distribution" (2004): Φ = ½ + φ(x)·(x + x³/3 + x⁵/15 + …). */
    static double cumulative(double x) {
        if (Math.abs(x) > 8) {
            return x < 0 ? 0 : 1;
        }
        double sum = x;
        double previous = 0;
        double term = x;
        for (int i = 3; sum != previous; i += 2) {
            term *= x * x / i;
            previous = sum;
            sum += term;
        }
        return 0.5 + sum * Math.exp(-0.5 * x * x - LOG_ROOT_TWO_PI);
    }
}
