package io.barista.engine;

import io.barista.engine.kvcache.KvBlocks;
import io.barista.engine.output.OutputMessage;
import io.barista.engine.output.OutputProcessor;
import io.barista.engine.runner.ModelRunner;
import io.barista.engine.runner.StepResult;
import io.barista.engine.scheduler.Scheduler;
import io.barista.engine.scheduler.SchedulerConfig;
import io.barista.engine.scheduler.Sequence;
import io.barista.engine.scheduler.SequenceStatus;
import io.barista.engine.scheduler.StepPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The heart: take commands, plan a step, run it, hand out its tokens, again. Owns scheduler, KV blocks and device; everything here
 * happens on the thread {@code engine-loop}.
 */
final class EngineLoop {

    /** How long the loop sleeps for want of work before it shows that it is alive. */
    private static final long IDLE_SECONDS = 1;

    private final BlockingQueue<EngineCommand> commands;
    private final ModelRunner runner;
    private final OutputProcessor output;
    private final EngineObserver observer;
    private final AdmissionGate gate;
    private final StopCheck stopCheck;
    private final int maxSequences;

    private final KvBlocks blocks;
    private final Scheduler scheduler;
    private final StepResult result;
    private final Map<String, ActiveRequest> requests = new HashMap<>();
    /** What the output thread is told once this round's numbers are published: who hears of an end sees its blocks free. */
    private final List<OutputMessage> outbox = new ArrayList<>();
    private final EngineCounters counters = new EngineCounters();

    private volatile long heartbeatNanos = System.nanoTime();
    private boolean shutdown;

    EngineLoop(ResolvedEngineConfig config, ModelRunner runner, BlockingQueue<EngineCommand> commands,
            OutputProcessor output, EngineObserver observer, AdmissionGate gate, StopCheck stopCheck, long hashSalt) {
        this.commands = commands;
        this.runner = runner;
        this.output = output;
        this.observer = observer;
        this.gate = gate;
        this.stopCheck = stopCheck;
        this.maxSequences = config.maxNumSeqs();
        this.blocks = new KvBlocks(config.kvBlocks(), config.blockSize(), config.enablePrefixCaching(), hashSalt);
        this.scheduler = new Scheduler(SchedulerConfig.of(config), blocks);
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
            if (!shutdown && !scheduler.isIdle()) {
                step();
            }
            publish();
        }
    }

    private void publish() {
        gate.freeSeats(scheduler.waiting() > 0 ? 0 : maxSequences - scheduler.running());
        counters.publish(scheduler, blocks);
        for (int i = 0; i < outbox.size(); i++) {
            output.post(outbox.get(i));
        }
        outbox.clear();
    }

    private void takeCommands() throws InterruptedException {
        EngineCommand command = scheduler.isIdle() ? commands.poll(IDLE_SECONDS, TimeUnit.SECONDS) : commands.poll();
        while (command != null) {
            obey(command);
            command = commands.poll();
        }
    }

    private void obey(EngineCommand command) {
        switch (command) {
            case EngineCommand.Submit submit -> submit(submit);
            case EngineCommand.Abort abort -> abort(abort.requestId());
            case EngineCommand.EndSample end -> endSample(end);
            case EngineCommand.Shutdown _ -> shutdown = true;
        }
    }

    private void submit(EngineCommand.Submit submit) {
        List<Sequence> sequences = new ArrayList<>();
        for (int sample = 0; sample < submit.request().sampling().n(); sample++) {
            Sequence sequence = new Sequence(submit.request(), sample, submit.seed(), submit.maxLength(),
                    blocks.newTable());
            sequences.add(sequence);
            scheduler.add(sequence);
        }
        requests.put(submit.request().id(), new ActiveRequest(submit.output(), List.copyOf(sequences)));
    }

    private void abort(String requestId) {
        ActiveRequest request = requests.remove(requestId);
        if (request == null) {
            return;
        }
        request.sequences().forEach(scheduler::finish);
        if (!request.hasStarted()) {
            gate.leave();
        }
        outbox.add(new OutputMessage.Aborted(request.output(), System.nanoTime()));
    }

    private void endSample(EngineCommand.EndSample end) {
        ActiveRequest request = requests.get(end.requestId());
        if (request != null && request.sequences().get(end.sample()).status() != SequenceStatus.FINISHED) {
            finish(request, request.sequences().get(end.sample()));
        }
    }

    private void step() {
        long started = System.nanoTime();
        StepPlan plan = scheduler.schedule();
        announceStarts(plan, started);
        runner.execute(plan, result);
        scheduler.advance(plan);
        long ended = System.nanoTime();
        int generated = handOut(plan, ended);
        counters.step(generated);
        observer.onStep(plan.size(), plan.tokens(), ended - started);
    }

    private void announceStarts(StepPlan plan, long now) {
        for (int i = 0; i < plan.size(); i++) {
            Sequence sequence = plan.sequence(i);
            if (sequence.outputLength() == 0) {
                ActiveRequest request = requestOf(sequence);
                if (request.start()) {
                    gate.leave();
                    outbox.add(new OutputMessage.Started(request.output(), sequence.cachedTokens(), now));
                }
            }
        }
    }

    private int handOut(StepPlan plan, long now) {
        int generated = 0;
        for (int i = 0; i < plan.size(); i++) {
            Sequence sequence = plan.sequence(i);
            if (sequence.pending() == 0) {
                handOut(sequence, i, now);
                generated++;
            }
        }
        return generated;
    }

    private void handOut(Sequence sequence, int index, long now) {
        ActiveRequest request = requestOf(sequence);
        int token = result.token(index);
        sequence.append(token);
        @Nullable
        FinishReason finish = stopCheck.check(sequence);
        outbox.add(new OutputMessage.Token(request.output(), sequence.sample(), token, result.logprobs(index), finish,
                finish == FinishReason.STOP, sequence.preemptions(), now));
        if (finish != null) {
            finish(request, sequence);
        }
    }

    private void finish(ActiveRequest request, Sequence sequence) {
        scheduler.finish(sequence);
        if (request.finishOne()) {
            requests.remove(sequence.request().id());
        }
    }

    private ActiveRequest requestOf(Sequence sequence) {
        ActiveRequest request = requests.get(sequence.request().id());
        if (request == null) {
            throw new IllegalStateException("no request for " + sequence);
        }
        return request;
    }
}
