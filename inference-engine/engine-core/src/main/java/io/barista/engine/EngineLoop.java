package io.barista.engine;

import io.barista.engine.kvcache.BlockTable;
import io.barista.engine.kvcache.KvBlocks;
import io.barista.engine.kvcache.PrefixScope;
import io.barista.engine.lora.Adapter;
import io.barista.engine.lora.AdapterSlots;
import io.barista.engine.output.OutputMessage;
import io.barista.engine.output.OutputProcessor;
import io.barista.engine.runner.ModelRunner;
import io.barista.engine.runner.StepResult;
import io.barista.engine.scheduler.Scheduler;
import io.barista.engine.scheduler.SchedulerConfig;
import io.barista.engine.scheduler.Sequence;
import io.barista.engine.scheduler.SequenceStatus;
import io.barista.engine.scheduler.StepPlan;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The heart: take commands, plan a step, run it, hand out its tokens, again. While a step runs, the next is planned and begun, with the
 * tokens that are not known yet left on the device, and the tokens of the one before are handed out; unless a request's next token
 * takes the host to choose, which makes every step wait for the one before. Owns scheduler, KV blocks and device; everything here
 * happens on the thread {@code engine-loop}.
 */
final class EngineLoop {

    /** How long the loop sleeps for want of work before it shows that it is alive. */
    private static final long IDLE_SECONDS = 1;

    /** As long while nothing can run before an adapter has come, so that deadlines are kept. */
    private static final long ADAPTER_WAIT_MILLIS = 5;

    private final BlockingQueue<EngineCommand> commands;
    private final ModelRunner runner;
    private final EngineObserver observer;
    private final AdmissionGate gate;
    private final StopCheck stopCheck;
    private final Outbox outbox;
    private final int maxSequences;

    private final KvBlocks blocks;
    private final AdapterSlots adapters;
    private final Scheduler scheduler;
    private final StepResult result;
    private final Map<String, ActiveRequest> requests = new HashMap<>();
    private final Deadlines deadlines = new Deadlines();
    private final EngineCounters counters = new EngineCounters();

    private @Nullable StepPlan underWay;
    private int hostBound; // requests whose tokens take the host to choose
    private long begunNanos; // the step under way
    private long endedNanos; // the step that ended last

    private volatile long heartbeatNanos = System.nanoTime();
    private boolean waitsForAdapters;
    private boolean shutdown;

    EngineLoop(ResolvedEngineConfig config, ModelRunner runner, AdapterSlots adapters,
            BlockingQueue<EngineCommand> commands, OutputProcessor output, EngineObserver observer, AdmissionGate gate,
            StopCheck stopCheck, long hashSalt) {
        this.commands = commands;
        this.runner = runner;
        this.observer = observer;
        this.gate = gate;
        this.stopCheck = stopCheck;
        this.maxSequences = config.maxNumSeqs();
        this.outbox = new Outbox(output, maxSequences);
        this.blocks = new KvBlocks(config.kvBlocks(), config.blockSize(), config.enablePrefixCaching(), hashSalt,
                runner.longSequences().limit());
        this.adapters = adapters;
        this.scheduler = new Scheduler(SchedulerConfig.of(config), blocks, adapters);
        this.result = new StepResult(config.maxNumSeqs());
    }

    EngineStats stats() {
        return counters.stats(scheduler, blocks);
    }

    long heartbeatNanos() {
        return heartbeatNanos;
    }

    /** Returns after a {@link EngineCommand.Shutdown}; whatever the device throws comes out here. */
    void run() throws InterruptedException {
        while (!shutdown) {
            heartbeatNanos = System.nanoTime();
            takeCommands();
            endExpired(heartbeatNanos);
            if (!shutdown && !isIdle()) {
                step();
            }
            publish();
        }
    }

    private boolean isIdle() {
        return scheduler.isIdle() && underWay == null;
    }

    private void publish() {
        gate.freeSeats(scheduler.waiting() > 0 ? 0 : maxSequences - scheduler.running());
        counters.publish(scheduler, blocks);
        outbox.send();
    }

    private void takeCommands() throws InterruptedException {
        EngineCommand command = firstCommand();
        while (command != null) {
            obey(command);
            command = commands.poll();
        }
    }

    private @Nullable EngineCommand firstCommand() throws InterruptedException {
        if (isIdle()) {
            return commands.poll(IDLE_SECONDS, TimeUnit.SECONDS);
        }
        return waitsForAdapters ? commands.poll(ADAPTER_WAIT_MILLIS, TimeUnit.MILLISECONDS) : commands.poll();
    }

    private void obey(EngineCommand command) {
        switch (command) {
            case EngineCommand.Submit submit -> submit(submit);
            case EngineCommand.Abort abort -> abort(abort.requestId());
            case EngineCommand.EndSample end -> endSample(end);
            case EngineCommand.SlotFilled(int slot) -> adapters.filled(slot);
            case EngineCommand.SlotFailed failed -> slotFailed(failed);
            case EngineCommand.Shutdown _ -> shutdown = true;
        }
    }

    private void submit(EngineCommand.Submit submit) {
        ActiveRequest request = active(submit);
        request.sequences().forEach(scheduler::add);
        deadlines.add(request);
        requests.put(request.id(), request);
        hostBound += isHostBound(request) ? 1 : 0;
    }

    private ActiveRequest active(EngineCommand.Submit submit) {
        GenerationRequest asked = submit.accepted().request();
        Adapter adapter = asked.adapter();
        PrefixScope scope = PrefixScope.ofText(adapter == null ? null : adapter.id().toString(), asked.cacheSalt());
        List<BlockTable> tables = blocks.newTables(scope, asked.sampling().n());
        SamplingParams.Beams beams = asked.sampling().beams();
        return beams == null
                ? new SampledRequest(submit, tables, outbox, gate)
                : new BeamRequest(submit, beams, stopCheck.endTokens(), blocks, tables.getFirst(), outbox, gate);
    }

    private void abort(String requestId) {
        ActiveRequest request = requests.get(requestId);
        if (request != null) {
            drop(request);
            outbox.add(new OutputMessage.Aborted(request.output(), System.nanoTime()));
        }
    }

    private void endExpired(long now) {
        for (ActiveRequest late = deadlines.expired(now); late != null; late = deadlines.expired(now)) {
            drop(late);
            outbox.add(new OutputMessage.Failed(late.output(), EngineException.of(
                    EngineException.Code.DEADLINE_EXCEEDED, "the request did not finish within its timeout"), now));
        }
    }

    /** Nobody runs with that adapter, so whoever waits for it is all it concerns. */
    private void slotFailed(EngineCommand.SlotFailed failed) {
        adapters.failed(failed.slot());
        List<ActiveRequest> waiting = requests.values().stream()
                .filter(request -> failed.adapter().equals(request.accepted().request().adapter())).toList();
        EngineException reason = new EngineException(EngineException.Code.INTERNAL,
                "adapter %s could not be brought onto the device".formatted(failed.adapter().id().name()), null,
                failed.reason());
        for (ActiveRequest request : waiting) {
            drop(request);
            outbox.add(new OutputMessage.Failed(request.output(), reason, System.nanoTime()));
        }
    }

    /** Takes a request out with all it holds. */
    private void drop(ActiveRequest request) {
        request.sequences().forEach(scheduler::finish);
        request.leaveGate();
        forget(request);
    }

    private void forget(ActiveRequest request) {
        requests.remove(request.id());
        deadlines.remove(request);
        hostBound -= isHostBound(request) ? 1 : 0;
    }

    private boolean isHostBound(ActiveRequest request) {
        return request.accepted().request().sampling().beams() != null
                || !runner.runsAhead(request.sequences().getFirst());
    }

    private void endSample(EngineCommand.EndSample end) {
        ActiveRequest request = requests.get(end.requestId());
        if (request != null && request.sequences().get(end.sample()).status() != SequenceStatus.FINISHED) {
            finish(request.sequences().get(end.sample()));
        }
    }

    private void step() {
        StepPlan before = underWay;
        long beforeBegan = begunNanos;
        underWay = null;
        if (before != null && hostBound > 0) {
            end(before, beforeBegan);
            return;
        }
        long started = System.nanoTime();
        StepPlan plan = plan(started);
        if (!plan.isEmpty() && hostBound > 0) {
            execute(plan, started);
        } else if (!plan.isEmpty()) {
            runner.begin(plan);
            scheduler.begin(plan);
            underWay = plan;
            begunNanos = started;
        }
        waitsForAdapters = plan.isEmpty() && before == null;
        if (before != null) {
            end(before, beforeBegan);
        }
    }

    private void execute(StepPlan plan, long started) {
        long from = System.nanoTime();
        runner.execute(plan, result);
        scheduler.advance(plan);
        handOut(plan, started, System.nanoTime() - from);
    }

    private StepPlan plan(long now) {
        StepPlan plan = scheduler.schedule();
        for (int i = 0; i < plan.size(); i++) {
            plan.sequence(i).owner().onPlanned(plan.sequence(i), now);
        }
        return plan;
    }

    private void end(StepPlan begun, long began) {
        long waitsFrom = System.nanoTime();
        runner.await(begun, result);
        // What it waited for the step before it is that one's time.
        handOut(begun, Math.max(began, endedNanos), System.nanoTime() - waitsFrom);
    }

    /** @param waited nanoseconds for the backend */
    private void handOut(StepPlan plan, long began, long waited) {
        long ended = System.nanoTime();
        int generated = 0;
        for (int i = 0; i < plan.size(); i++) {
            Sequence sequence = plan.sequence(i);
            if (sequence.status() == SequenceStatus.FINISHED) {
                continue; // while the step was under way
            }
            if (plan.promptRows(i) > 0) {
                sequence.owner().onPromptLogprobs(result.promptLogprobs(i));
            }
            if (plan.wantsToken(i)) {
                handOut(sequence, i);
                generated++;
            }
        }
        outbox.tokensCameAt(ended);
        counters.step(generated);
        observer.onStep(plan.phase(), plan.size(), plan.tokens(), ended - began, waited);
        endedNanos = ended;
    }

    private void handOut(Sequence sequence, int index) {
        int token = result.token(index);
        sequence.append(token);
        FinishReason finish = stopCheck.check(sequence);
        sequence.owner().onToken(sequence, token, result.logprobs(index), finish);
        if (finish != null) {
            finish(sequence);
        }
    }

    private void finish(Sequence sequence) {
        ActiveRequest request = requests.get(sequence.request().id());
        scheduler.finish(sequence);
        if (request != null && request.onEnded(sequence, scheduler)) {
            forget(request);
        }
    }
}
