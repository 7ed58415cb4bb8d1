package io.barista.engine.runner;

import io.barista.engine.EngineEvent.TokenLogprobs;
import org.jspecify.annotations.Nullable;

/** The tokens that a step chose, by the indices of its plan. Reused for every step; other indices hold what earlier steps left. */
public final class StepResult {

    private final int[] tokens;
    private final @Nullable TokenLogprobs[] logprobs;

    public StepResult(int maxSequences) {
        this.tokens = new int[maxSequences];
        this.logprobs = new TokenLogprobs[maxSequences];
    }

    public void set(int index, int token, @Nullable TokenLogprobs tokenLogprobs) {
        tokens[index] = token;
        logprobs[index] = tokenLogprobs;
    }

    public int token(int index) {
        return tokens[index];
    }

    public @Nullable TokenLogprobs logprobs(int index) {
        return logprobs[index];
    }
}
