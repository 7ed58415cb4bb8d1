package io.barista.engine.sampling;

import io.barista.engine.SamplingParams;
import io.barista.engine.backend.RowEntries;

/** Repetition, frequency and presence penalties. Counts tokens afresh for each step, and only for requests that ask. */
final class Penalties {

    private final int[] outputCount; // [vocabSize], all 0 between calls
    private final boolean[] seen; // [vocabSize], all false between calls

    Penalties(int vocabSize) {
        this.outputCount = new int[vocabSize];
        this.seen = new boolean[vocabSize];
    }

    void apply(float[] logits, SamplingParams params, int[] tokens, int promptLength, int length) {
        if (params.repetitionPenalty() != 1) {
            repetition(logits, params.repetitionPenalty(), tokens, length);
        }
        if (params.frequencyPenalty() != 0 || params.presencePenalty() != 0) {
            frequencyAndPresence(logits, params, tokens, promptLength, length);
        }
    }

    /** Each token of prompt and output once, with how often it is in the output. */
    void countInto(RowEntries entries, int[] tokens, int promptLength, int length) {
        for (int i = promptLength; i < length; i++) {
            outputCount[tokens[i]]++;
        }
        for (int i = 0; i < length; i++) {
            int token = tokens[i];
            if (!seen[token]) {
                seen[token] = true;
                entries.add(token, outputCount[token]);
            }
        }
        for (int i = 0; i < length; i++) {
            seen[tokens[i]] = false;
            outputCount[tokens[i]] = 0;
        }
    }

    /** Once for each token that occurs in prompt or output: positive logits divided, others multiplied. */
    private void repetition(float[] logits, double penalty, int[] tokens, int length) {
        for (int i = 0; i < length; i++) {
            int token = tokens[i];
            if (!seen[token]) {
                seen[token] = true;
                logits[token] = (float) (logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty);
            }
        }
        for (int i = 0; i < length; i++) {
            seen[tokens[i]] = false;
        }
    }

    private void frequencyAndPresence(float[] logits, SamplingParams params, int[] tokens, int promptLength,
            int length) {
        for (int i = promptLength; i < length; i++) {
            outputCount[tokens[i]]++;
        }
        for (int i = promptLength; i < length; i++) {
            int token = tokens[i];
            if (outputCount[token] > 0) {
                logits[token] -= (float) (params.frequencyPenalty() * outputCount[token] + params.presencePenalty());
                outputCount[token] = 0;
            }
        }
    }
}
