package io.barista.engine.scheduler;

import io.barista.engine.ResolvedEngineConfig;

/**
 * @param maxSequences               sequences that run at the same time
 * @param tokenBudget                tokens of one step
 * @param longPrefillTokenThreshold  tokens of one sequence in one step; 0 is the budget
 * @param chunkedPrefill             whether a prompt may be spread over several steps
 */
public record SchedulerConfig(int maxSequences, int tokenBudget, int longPrefillTokenThreshold,
        boolean chunkedPrefill) {

    public SchedulerConfig {
        if (maxSequences < 1 || tokenBudget < maxSequences || longPrefillTokenThreshold < 0) {
            throw new IllegalArgumentException(
                    "a step needs room for one token of every sequence: budget %d, sequences %d, threshold %d"
                            .formatted(tokenBudget, maxSequences, longPrefillTokenThreshold));
        }
    }

    public static SchedulerConfig of(ResolvedEngineConfig config) {
        return new SchedulerConfig(config.maxNumSeqs(), config.maxNumBatchedTokens(),
                config.longPrefillTokenThreshold(), config.enableChunkedPrefill());
    }

    int mostTokensOfOneSequence() {
        return longPrefillTokenThreshold == 0 || !chunkedPrefill
                ? tokenBudget
                : Math.min(longPrefillTokenThreshold, tokenBudget);
    }
}
