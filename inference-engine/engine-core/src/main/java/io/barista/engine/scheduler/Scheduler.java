package io.barista.engine.scheduler;

import io.barista.engine.kvcache.KvBlocks;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Plans steps after vLLM's V1 scheduler: no phases, only sequences that have tokens to compute. Running sequences come first, in
 * the order in which they started, then waiting ones, until the token budget is spent; prompts that do not fit are cut into chunks.
 * When a running sequence needs a block and none is free, the newest one gives up its blocks and is computed again later.
 *
 * <p>Answers in progress are never starved by prompts: a sequence only starts with what the budget has left, and what those before
 * it take never grows. Confined to the engine loop; the caller guarantees that one sequence of any permitted length fits the cache.
 */
public final class Scheduler {

    private final SchedulerConfig config;
    private final KvBlocks blocks;
    private final StepPlan plan;
    private final List<Sequence> running;
    private final ArrayDeque<Sequence> waiting = new ArrayDeque<>();
    private final SchedulerCounters counters = new SchedulerCounters();

    public Scheduler(SchedulerConfig config, KvBlocks blocks) {
        this.config = config;
        this.blocks = blocks;
        this.plan = new StepPlan(config.maxSequences());
        this.running = new ArrayList<>(config.maxSequences());
    }

    /** Puts a new sequence at the end of the queue. */
    public void add(Sequence sequence) {
        waiting.addLast(sequence);
    }

    public int running() {
        return running.size();
    }

    public int waiting() {
        return waiting.size();
    }

    public SchedulerCounters counters() {
        return counters;
    }

    public boolean isIdle() {
        return running.isEmpty() && waiting.isEmpty();
    }

    /** The next step's work; valid until the next call. Empty only when there is nothing to do. */
    public StepPlan schedule() {
        plan.clear();
        boolean everybodyKeptTheirBlocks = continueRunning();
        if (everybodyKeptTheirBlocks) {
            startWaiting();
        }
        return plan;
    }

    /** Marks the plan's tokens as computed. Sequences that {@link StepPlan#wantsToken wanted one} get their token appended afterwards. */
    public void advance(StepPlan executed) {
        for (int i = 0; i < executed.size(); i++) {
            executed.sequence(i).advance(executed.count(i));
        }
    }

    /** Takes a sequence out, wherever it is, and frees its blocks. Idempotent. */
    public void finish(Sequence sequence) {
        switch (sequence.status()) {
            case RUNNING -> running.remove(sequence);
            case WAITING, PREEMPTED -> waiting.remove(sequence);
            case FINISHED -> {
                return;
            }
        }
        blocks.release(sequence.blocks());
        sequence.finish();
    }

    private boolean continueRunning() {
        boolean kept = true;
        for (int i = 0; i < running.size() && budgetLeft() > 0; i++) {
            Sequence sequence = running.get(i);
            int count = Math.min(sequence.pending(), Math.min(budgetLeft(), config.mostTokensOfOneSequence()));
            while (sequence.status() == SequenceStatus.RUNNING
                    && !blocks.grow(sequence.blocks(), sequence.computed() + count)) {
                // The newest is never before this one, so no sequence that is already in the plan loses its blocks.
                preempt(running.removeLast());
                kept = false;
            }
            if (sequence.status() == SequenceStatus.RUNNING) {
                plan(sequence, count);
            }
        }
        return kept;
    }

    private void startWaiting() {
        while (budgetLeft() > 0 && running.size() < config.maxSequences() && !waiting.isEmpty()) {
            Sequence sequence = waiting.peekFirst();
            if (!config.chunkedPrefill() && sequence.length() > budgetLeft() && !plan.isEmpty()) {
                return;
            }
            // Room for the whole prompt, not only for its first chunk: a prompt once begun need not be preempted by itself.
            int cached = blocks.admit(sequence.blocks(), sequence.tokens(), sequence.length());
            if (cached < 0) {
                return;
            }
            waiting.removeFirst();
            running.add(sequence);
            if (sequence.start(cached)) {
                counters.started(sequence, blocks.cachesPrefixes());
            }
            plan(sequence, Math.min(sequence.pending(), Math.min(budgetLeft(), config.mostTokensOfOneSequence())));
        }
    }

    private void plan(Sequence sequence, int count) {
        plan.add(sequence, count);
        blocks.publish(sequence.blocks(), sequence.tokens(), sequence.computed() + count);
    }

    private void preempt(Sequence sequence) {
        blocks.release(sequence.blocks());
        sequence.preempt();
        waiting.addFirst(sequence);
        counters.preempted();
    }

    private int budgetLeft() {
        return config.tokenBudget() - plan.tokens();
    }
}
