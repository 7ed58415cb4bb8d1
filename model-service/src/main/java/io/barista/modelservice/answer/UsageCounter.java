package io.barista.modelservice.answer;

import io.barista.engine.EngineEvent;
import io.barista.openai.Usage;

/** Adds up the tokens of an answer while it is written, over all its prompts and choices. */
public final class UsageCounter {

    private final int promptTokens;
    private final boolean countsReasoning;
    private int completionTokens;
    private int cachedTokens;
    private int openPrompts;
    private int reasoningTokens;

    /**
     * @param promptTokens    of all prompts
     * @param prompts         how many there are
     * @param countsReasoning whether usage tells reasoning tokens apart
     */
    public UsageCounter(int promptTokens, int prompts, boolean countsReasoning) {
        this.promptTokens = promptTokens;
        this.openPrompts = prompts;
        this.countsReasoning = countsReasoning;
    }

    public void add(EngineEvent.Delta delta) {
        completionTokens += delta.tokens().length;
    }

    public void addReasoning(int tokens) {
        reasoningTokens += tokens;
    }

    /** What the engine says at the end of one prompt. */
    public void add(EngineEvent.Completed completed) {
        cachedTokens += completed.usage().cachedTokens();
        openPrompts--;
    }

    /** So far; what was cached is told at the end only, as vLLM does. */
    public Usage usage() {
        Usage sums = Usage.of(promptTokens, completionTokens);
        Usage usage = openPrompts == 0 ? sums.withCachedTokens(cachedTokens) : sums;
        return countsReasoning ? usage.withReasoningTokens(reasoningTokens) : usage;
    }
}
