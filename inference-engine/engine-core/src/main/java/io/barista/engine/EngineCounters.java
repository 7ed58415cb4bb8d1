package io.barista.engine;

import io.barista.engine.kvcache.KvBlocks;
import io.barista.engine.scheduler.Scheduler;
import io.barista.engine.scheduler.SchedulerCounters;

/** The engine's numbers as the loop last left them. Written by the loop alone, readable from any thread. */
final class EngineCounters {

    private volatile int running;
    private volatile int waiting;
    private volatile int kvBlocksUsed;
    private volatile long steps;
    private volatile long generatedTokens;

    void publish(Scheduler scheduler, KvBlocks blocks) {
        running = scheduler.running();
        waiting = scheduler.waiting();
        kvBlocksUsed = blocks.total() - blocks.free();
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    void step(int tokensGenerated) {
        steps++;
        generatedTokens += tokensGenerated;
    }

    EngineStats stats(Scheduler scheduler, KvBlocks blocks) {
        SchedulerCounters counters = scheduler.counters();
        return new EngineStats(running, waiting, kvBlocksUsed, blocks.total(), steps, counters.promptTokens(),
                generatedTokens, counters.preemptions(), counters.prefixCacheQueries(), counters.prefixCacheHits());
    }
}
