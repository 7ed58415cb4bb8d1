package io.barista.engine.sampling;

import io.barista.engine.SamplingParams;

/**
 * Chooses the next token on the host, in vLLM's order: token rules, penalties, then the most probable token, or temperature, min_p,
 * top_k, top_p and a seeded draw. Reuses its memory, so it is confined to one thread. The oracle of any sampler on a device.
 */
public final class Sampler {

    private final Penalties penalties;
    private final Candidates candidates;

    public Sampler(int vocabSize) {
        this.penalties = new Penalties(vocabSize);
        this.candidates = new Candidates(vocabSize);
    }

    /**
     * @param logits       [vocabSize], overwritten
     * @param tokens       prompt and output so far, valid up to {@code length}
     * @param promptLength how many of them are the prompt
     * @param sample       which of the request's samples
     */
    public int sample(float[] logits, SamplingRecipe recipe, int sample, int[] tokens, int promptLength, int length) {
        SamplingParams params = recipe.params();
        adjust(logits, recipe, tokens, promptLength, length);
        if (params.isGreedy()) {
            return Argmax.of(logits);
        }
        candidates.fill(logits, params);
        return candidates.pick(SeededDraw.uniform(recipe.seed(), sample, length - promptLength));
    }

    /** The probabilities that {@link #sample} would draw from, for tests: [vocabSize], 0 for tokens that were dropped. */
    double[] distribution(float[] logits, SamplingRecipe recipe, int[] tokens, int promptLength, int length) {
        adjust(logits, recipe, tokens, promptLength, length);
        candidates.fill(logits, recipe.params());
        return candidates.probabilities(logits.length);
    }

    private void adjust(float[] logits, SamplingRecipe recipe, int[] tokens, int promptLength, int length) {
        if (recipe.params().adjustsLogits()) {
            recipe.rules().apply(logits, tokens, promptLength, length);
            penalties.apply(logits, recipe.params(), tokens, promptLength, length);
        }
    }
}
