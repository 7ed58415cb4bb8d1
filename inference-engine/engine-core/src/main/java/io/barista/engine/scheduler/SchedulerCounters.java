package io.barista.engine.scheduler;

/** What the scheduler did since it was made. Written by the engine loop alone, readable from any thread. */
public final class SchedulerCounters {

    private volatile long promptTokens;
    private volatile long prefixCacheHits;
    private volatile long prefixCacheQueries;
    private volatile long preemptions;

    /** Prompt tokens of sequences that started. */
    public long promptTokens() {
        return promptTokens;
    }

    /** Prompt tokens that were looked up in the prefix cache. */
    public long prefixCacheQueries() {
        return prefixCacheQueries;
    }

    /** Prompt tokens that were found there. */
    public long prefixCacheHits() {
        return prefixCacheHits;
    }

    public long preemptions() {
        return preemptions;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    void started(Sequence sequence, boolean lookedUp) {
        promptTokens += sequence.promptLength();
        prefixCacheHits += sequence.cachedTokens();
        if (lookedUp) {
            prefixCacheQueries += sequence.promptLength();
        }
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    void preempted() {
        preemptions++;
    }
}
