package io.barista.engine.scheduler;

import io.barista.engine.ResolvedEngineConfig;

/**
 * @param maxSequences               sequences that run at the same time
 * @param tokenBudget                tokens of one step
 * @param longPrefillTokenThreshold  tokens of one sequence in one step; 0 is the budget
 * @param chunkedPrefill             whether a prompt may be spread over several steps
 * @param logitRows                  rows of logits of one step; a prompt whose log-probabilities are wanted needs one for each token
 */
public record SchedulerConfig(int maxSequences, int tokenBudget, int longPrefillTokenThreshold,
        boolean chunkedPrefill, int logitRows) {

    public SchedulerConfig {
        if (maxSequences < 1 || tokenBudget < maxSequences || longPrefillTokenThreshold < 0
                || logitRows < maxSequences) {
            throw new IllegalArgumentException(
                    "a step needs room for one token of every sequence: budget %d, sequences %d, threshold %d, rows %d"
                            .formatted(tokenBudget, maxSequences, longPrefillTokenThreshold, logitRows));
        }
    }

    /** With a row of logits for each sequence. */
    public SchedulerConfig(int maxSequences, int tokenBudget, int longPrefillTokenThreshold, boolean chunkedPrefill) {
        this(maxSequences, tokenBudget, longPrefillTokenThreshold, chunkedPrefill, maxSequences);
    }

    public static SchedulerConfig of(ResolvedEngineConfig config) {
        return new SchedulerConfig(config.maxNumSeqs(), config.maxNumBatchedTokens(),
                config.longPrefillTokenThreshold(), config.enableChunkedPrefill(), config.logitRows());
    }

    int mostTokensOfOneSequence() {
        return longPrefillTokenThreshold == 0 || !chunkedPrefill
                ? tokenBudget
                : Math.min(longPrefillTokenThreshold, tokenBudget);
    }
}
