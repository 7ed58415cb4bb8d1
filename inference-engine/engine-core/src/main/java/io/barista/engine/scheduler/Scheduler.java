package io.barista.engine.scheduler;

import io.barista.engine.kvcache.KvBlocks;
import io.barista.engine.lora.AdapterSlots;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Plans steps after vLLM's V1 scheduler: no phases, only sequences that have tokens to compute. Running sequences come first, then
 * waiting ones, until the token budget is spent; prompts that do not fit are cut into chunks. Both go by {@link Sequence#ORDER}:
 * priority, then arrival. When a running sequence needs a block and none is free, the last in that order gives up its blocks and is
 * computed again later.
 *
 * <p>Answers in progress are never starved by prompts: whoever is planned leaves a token of the budget for everybody behind. Confined
 * to the engine loop; the caller guarantees that one sequence of any permitted length fits the cache.
 */
public final class Scheduler {

    private final SchedulerConfig config;
    private final KvBlocks blocks;
    private final AdapterSlots adapters;
    private StepPlan plan;
    private StepPlan planBefore; // may be under way still
    private final List<Sequence> running; // in order
    private final TreeSet<Sequence> waiting = new TreeSet<>(Sequence.ORDER);
    private final SchedulerCounters counters = new SchedulerCounters();
    private long arrivals;

    /** For a model without adapters. */
    public Scheduler(SchedulerConfig config, KvBlocks blocks) {
        this(config, blocks, AdapterSlots.none());
    }

    public Scheduler(SchedulerConfig config, KvBlocks blocks, AdapterSlots adapters) {
        this.config = config;
        this.blocks = blocks;
        this.adapters = adapters;
        this.plan = new StepPlan(config.maxSequences());
        this.planBefore = new StepPlan(config.maxSequences());
        this.running = new ArrayList<>(config.maxSequences());
    }

    /** Puts a new sequence behind all of its priority. */
    public void add(Sequence sequence) {
        sequence.arrive(arrivals++);
        await(sequence);
    }

    /** Puts a new sequence where one that has ended was. */
    public void replace(Sequence ended, Sequence successor) {
        successor.succeed(ended);
        await(successor);
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

    /**
     * The next step's work; valid until the call after the next. Empty only when there is nothing to do but to await steps under way, or
     * nothing before an adapter has come.
     */
    public StepPlan schedule() {
        StepPlan free = planBefore;
        planBefore = plan;
        plan = free;
        plan.clear();
        boolean everybodyKeptTheirBlocks = continueRunning();
        if (everybodyKeptTheirBlocks) {
            adapters.beginRound();
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

    /** As {@link #advance}, of a step that has only begun: the tokens that it chooses are not known yet, but the next can be planned. */
    public void begin(StepPlan begun) {
        for (int i = 0; i < begun.size(); i++) {
            begun.sequence(i).advance(begun.count(i));
            if (begun.wantsToken(i)) {
                begun.sequence(i).expect(begun.tokenRow(i));
            }
        }
    }

    /** Takes a sequence out, wherever it is, and frees its blocks. Idempotent. */
    public void finish(Sequence sequence) {
        switch (sequence.status()) {
            case RUNNING -> {
                running.remove(sequence);
                leaveSlot(sequence);
            }
            case WAITING, PREEMPTED -> endWaiting(sequence);
            case FINISHED -> {
                return;
            }
        }
        blocks.release(sequence.blocks());
        sequence.finish();
    }

    private boolean continueRunning() {
        boolean kept = true;
        preemptOutgrown();
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            if (sequence.awaitsItsLast()) {
                publish(sequence, sequence.computed());
                continue;
            }
            int count = tokensFor(sequence, running.size() - 1 - i);
            while (sequence.status() == SequenceStatus.RUNNING
                    && !blocks.grow(sequence.blocks(), sequence.computed() + count)) {
                // The last is never before this one, so no sequence that is already in the plan loses its blocks.
                preempt(running.removeLast());
                kept = false;
            }
            if (sequence.status() == SequenceStatus.RUNNING) {
                plan(sequence, count);
            }
        }
        return kept;
    }

    /** Sequences that have become long ones must be computed anew, which they are from this step on. */
    private void preemptOutgrown() {
        for (int i = running.size() - 1; i >= 0; i--) {
            Sequence sequence = running.get(i);
            if (!blocks.fits(sequence.blocks(), sequence.plannedLength())) {
                running.remove(i);
                preempt(sequence);
            }
        }
    }

    private void startWaiting() {
        Sequence sequence = waiting.isEmpty() ? null : waiting.first();
        while (sequence != null && budgetLeft() > 0 && rowsLeft() > 0 && running.size() < config.maxSequences()) {
            Sequence next = waiting.higher(sequence);
            if (!sequence.awaitsLeader()) {
                // One whose adapter is not there yet holds up nobody.
                int slot = adapters.find(sequence.request().adapter());
                if (slot != AdapterSlots.WAIT && !start(sequence, slot)) {
                    return;
                }
            }
            sequence = next;
        }
    }

    /** False when there is no room for it, and so for nobody behind it. */
    private boolean start(Sequence sequence, int adapterSlot) {
        if (!config.chunkedPrefill() && sequence.plannedLength() > budgetLeft() && !plan.isEmpty()) {
            return false;
        }
        // Room for the whole prompt, not only for its first chunk: a prompt once begun need not be preempted by itself.
        int cached = blocks.admit(sequence.blocks(), sequence.tokens(), sequence.plannedLength(),
                !sequence.lacksPromptLogprobs());
        if (cached < 0) {
            return false;
        }
        endWaiting(sequence);
        insertRunning(sequence);
        enterSlot(sequence, adapterSlot);
        if (sequence.start(cached, adapterSlot)) {
            counters.started(sequence, blocks.cachesPrefixes());
        }
        plan(sequence, tokensFor(sequence, 0));
        return true;
    }

    private void await(Sequence sequence) {
        waiting.add(sequence);
        adapters.demand().await(sequence.request().adapter());
    }

    private void endWaiting(Sequence sequence) {
        if (waiting.remove(sequence)) {
            adapters.demand().waited(sequence.request().adapter());
        }
    }

    private void enterSlot(Sequence sequence, int slot) {
        adapters.enter(slot);
        adapters.demand().run(sequence.request().adapter());
    }

    private void leaveSlot(Sequence sequence) {
        adapters.leave(sequence.adapterSlot());
        adapters.demand().ran(sequence.request().adapter());
    }

    private void insertRunning(Sequence sequence) {
        int at = running.size();
        while (at > 0 && Sequence.ORDER.compare(sequence, running.get(at - 1)) < 0) {
            at--;
        }
        running.add(at, sequence);
    }

    /** @param behind sequences that still must get a token each */
    private int tokensFor(Sequence sequence, int behind) {
        int most = Math.min(budgetLeft() - behind, config.mostTokensOfOneSequence());
        int count = Math.min(sequence.pending(), most);
        return sequence.lacksPromptLogprobs() ? Math.min(count, rowsLeft() - behind) : count;
    }

    private void plan(Sequence sequence, int count) {
        plan.add(sequence, count);
        sequence.plan(count);
        publish(sequence, sequence.computed() + count);
    }

    /** Of tokens that are not known yet, a block has no name. */
    private void publish(Sequence sequence, int computed) {
        blocks.publish(sequence.blocks(), sequence.tokens(), Math.min(computed, sequence.length()));
    }

    private void preempt(Sequence sequence) {
        blocks.release(sequence.blocks());
        leaveSlot(sequence);
        sequence.preempt();
        await(sequence);
        counters.preempted();
    }

    private int budgetLeft() {
        return config.tokenBudget() - plan.tokens();
    }

    private int rowsLeft() {
        return config.logitRows() - plan.logitRows();
    }
}
