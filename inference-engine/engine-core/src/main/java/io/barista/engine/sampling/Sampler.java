package io.barista.engine.sampling;

import io.barista.engine.SamplingParams;

/**
 * Chooses the next token: penalties, the min_tokens mask, then the most probable token, or temperature, min_p, top_k, top_p and a
 * seeded draw. Reuses its memory, so it is confined to one thread.
 */
public final class Sampler {

    private final Penalties penalties;
    private final Candidates candidates;
    private final int[] endTokens;

    /** @param endTokens the model's own end tokens, which {@code min_tokens} holds back */
    public Sampler(int vocabSize, int[] endTokens) {
        this.penalties = new Penalties(vocabSize);
        this.candidates = new Candidates(vocabSize);
        this.endTokens = endTokens.clone();
    }

    /**
     * @param logits       [vocabSize], overwritten
     * @param tokens       prompt and output so far, valid up to {@code length}
     * @param promptLength how many of them are the prompt
     * @param seed         of the request
     * @param sample       which of the request's samples
     */
    public int sample(float[] logits, SamplingParams params, int[] tokens, int promptLength, int length, long seed,
            int sample) {
        adjust(logits, params, tokens, promptLength, length);
        if (params.isGreedy()) {
            return argmax(logits);
        }
        candidates.fill(logits, params);
        return candidates.pick(SeededDraw.uniform(seed, sample, length - promptLength));
    }

    /** The probabilities that {@link #sample} would draw from, for tests: [vocabSize], 0 for tokens that were dropped. */
    double[] distribution(float[] logits, SamplingParams params, int[] tokens, int promptLength, int length) {
        adjust(logits, params, tokens, promptLength, length);
        candidates.fill(logits, params);
        return candidates.probabilities(logits.length);
    }

    private void adjust(float[] logits, SamplingParams params, int[] tokens, int promptLength, int length) {
        penalties.apply(logits, params, tokens, promptLength, length);
        if (length - promptLength < params.minTokens()) {
            maskEnds(logits, params);
        }
    }

    private void maskEnds(float[] logits, SamplingParams params) {
        if (!params.ignoreEos()) {
            for (int token : endTokens) {
                logits[token] = Float.NEGATIVE_INFINITY;
            }
        }
        for (int token : params.stopTokenIds()) {
            logits[token] = Float.NEGATIVE_INFINITY;
        }
    }

    /** The lowest id among the largest, so that ties are the same everywhere. */
    private static int argmax(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }
}
