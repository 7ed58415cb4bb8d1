package io.barista.modelservice.answer;

import io.barista.engine.EngineEvent;
import io.barista.openai.Usage;

/** Adds up the tokens of an answer while it is written, over all its prompts and choices. */
public final class UsageCounter {

    private final int promptTokens;
    private final boolean countsReasoning;
    private int completionTokens;
    private int cachedTokens;
    private int reasoningTokens;

    /** @param countsReasoning whether usage tells reasoning tokens apart */
    public UsageCounter(int promptTokens, boolean countsReasoning) {
        this.promptTokens = promptTokens;
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
    }

    /** So far. */
    public Usage usage() {
        Usage usage = Usage.of(promptTokens, completionTokens, cachedTokens);
        return countsReasoning ? usage.withReasoningTokens(reasoningTokens) : usage;
    }
}
