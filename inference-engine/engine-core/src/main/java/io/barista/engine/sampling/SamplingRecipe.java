package io.barista.engine.sampling;

import io.barista.engine.SamplingParams;

/**
 * All that the sampler needs of a request besides its tokens, as data.
 *
 * @param rules its words and ids as flat arrays
 * @param seed  resolved: the request's own, or drawn
 */
public record SamplingRecipe(SamplingParams params, TokenRules rules, long seed) {

    /** The random number in [0, 1) that decides over a token: a function of the seed, so the same in any company. */
    public double uniform(int sample, int position) {
        return SeededDraw.uniform(seed, sample, position);
    }
}
