package io.barista.engine;

/**
 * The engine at one moment, readable from any thread. Counters only grow.
 *
 * @param running            sequences that hold KV blocks
 * @param waiting            sequences that wait for their turn, preempted ones included
 * @param kvBlocksUsed       blocks that a sequence holds; cached blocks nobody holds count as free
 * @param kvBlocksTotal      blocks there are
 * @param steps              forward passes
 * @param promptTokens       prompt tokens of admitted sequences
 * @param generatedTokens    tokens sampled
 * @param preemptions        sequences that lost their blocks to an older one
 * @param prefixCacheQueries prompt tokens looked up in the prefix cache
 * @param prefixCacheHits    prompt tokens found there
 */
public record EngineStats(int running, int waiting, int kvBlocksUsed, int kvBlocksTotal, long steps, long promptTokens,
        long generatedTokens, long preemptions, long prefixCacheQueries,
        long prefixCacheHits) {

    /** Share of the KV blocks in use, 0 to 1. */
    public double kvUsage() {
        return kvBlocksTotal == 0 ? 0 : (double) kvBlocksUsed / kvBlocksTotal;
    }
}
