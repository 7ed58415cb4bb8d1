package io.barista.engine.runner;

import io.barista.engine.EngineEvent.TokenLogprobs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tokens that a step chose, by the indices of its plan. Reused for every step; other indices hold what earlier steps left. */
public final class StepResult {

    private final int[] tokens;
    private final @Nullable TokenLogprobs[] logprobs;
    private final List<List<TokenLogprobs>> promptLogprobs;

    public StepResult(int maxSequences) {
        this.tokens = new int[maxSequences];
        this.logprobs = new TokenLogprobs[maxSequences];
        this.promptLogprobs = new ArrayList<>(Collections.nCopies(maxSequences, List.of()));
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

    /** @param tokenLogprobs of the prompt tokens behind the plan's prompt rows, in order */
    public void setPrompt(int index, List<TokenLogprobs> tokenLogprobs) {
        promptLogprobs.set(index, tokenLogprobs);
    }

    public List<TokenLogprobs> promptLogprobs(int index) {
        return promptLogprobs.get(index);
    }
}
