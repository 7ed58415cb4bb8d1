package io.barista.engine;

import io.barista.engine.ModelAssembly.PoolingParts;
import io.barista.engine.kvcache.KvBlocks;
import io.barista.engine.runner.PoolingRunner;
import io.barista.engine.sampling.SamplingRecipe;
import io.barista.engine.sampling.TokenRules;
import io.barista.engine.scheduler.Scheduler;
import io.barista.engine.scheduler.SchedulerConfig;
import io.barista.engine.scheduler.Sequence;
import io.barista.engine.scheduler.SequenceOwner;
import io.barista.engine.scheduler.StepPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread {@code embedding-loop}: takes inputs, plans a step, runs it, hands out what is complete, again. */
final class EmbeddingLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddingLoop.class);

    private final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();
    private final CompletableFuture<ResolvedEngineConfig> ready = new CompletableFuture<>();
    private final Thread thread;
    private final Map<Sequence, Embed> running = new IdentityHashMap<>();
    private volatile boolean closed;
    private volatile long heartbeat = System.nanoTime();
    private volatile AdmissionGate gate = new AdmissionGate(-1, 0);

    private sealed interface Command {}

    private record Embed(int[] tokens, CompletableFuture<float[]> result) implements Command {}

    private enum Shutdown implements Command { NOW }

    private EmbeddingLoop(ModelAssembly assembly) {
        this.thread = Thread.ofPlatform().name("embedding-loop").daemon().unstarted(() -> run(assembly));
    }

    /** Returns when the model is loaded; throws what prevented that. */
    static EmbeddingLoop start(ModelAssembly assembly) {
        EmbeddingLoop loop = new EmbeddingLoop(assembly);
        loop.thread.start();
        Startup.await(loop.ready);
        return loop;
    }

    ResolvedEngineConfig config() {
        return ready.join();
    }

    CompletableFuture<float[]> submit(int[] tokens) {
        gate.enter();
        Embed embed = new Embed(tokens, new CompletableFuture<>());
        commands.add(embed);
        if (closed) { // nobody may be there to take it
            embed.result().completeExceptionally(unavailable());
        }
        return embed.result();
    }

    private void run(ModelAssembly assembly) {
        try (PoolingRunner runner = open(assembly.assemblePooling())) {
            new Work(ready.join(), runner).untilShutdown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            if (!ready.completeExceptionally(e)) {
                LOG.error("embeddings end: the device failed", e);
            }
        } finally {
            closed = true;
            failAll();
        }
    }

    private PoolingRunner open(PoolingParts parts) {
        gate = new AdmissionGate(parts.config().maxQueuedRequests(), parts.config().maxNumSeqs());
        ready.complete(parts.config());
        return parts.runner();
    }

    private void failAll() {
        running.values().forEach(embed -> embed.result().completeExceptionally(unavailable()));
        List<Command> left = new ArrayList<>();
        commands.drainTo(left);
        for (Command command : left) {
            if (command instanceof Embed embed) {
                embed.result().completeExceptionally(unavailable());
            }
        }
    }

    private static EngineException unavailable() {
        return EngineException.of(EngineException.Code.UNAVAILABLE, "the engine has stopped");
    }

    boolean isAlive() {
        return !closed;
    }

    Duration sinceHeartbeat() {
        return Duration.ofNanos(System.nanoTime() - heartbeat);
    }

    void awaitEnd() {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        commands.add(Shutdown.NOW);
        awaitEnd();
    }

    /** What lives as long as the device is open. */
    private final class Work {

        private final PoolingRunner runner;
        private final KvBlocks blocks;
        private final Scheduler scheduler;

        Work(ResolvedEngineConfig config, PoolingRunner runner) {
            this.runner = runner;
            // No prefix is shared: a mean needs the hidden states of all tokens, and inputs seldom begin alike.
            this.blocks = new KvBlocks(config.kvBlocks(), config.blockSize(), false, 0);
            this.scheduler = new Scheduler(SchedulerConfig.of(config), blocks);
        }

        void untilShutdown() throws InterruptedException {
            while (true) {
                heartbeat = System.nanoTime();
                Command command = scheduler.isIdle() ? commands.poll(1, TimeUnit.SECONDS) : commands.poll();
                for (; command != null; command = commands.poll()) {
                    switch (command) {
                        case Embed embed -> add(embed);
                        case Shutdown _ -> {
                            return;
                        }
                    }
                }
                finishDone();
                StepPlan plan = scheduler.schedule();
                if (!plan.isEmpty()) {
                    runner.execute(plan, this::complete);
                    scheduler.advance(plan);
                    finishDone();
                }
            }
        }

        private void add(Embed embed) {
            int length = embed.tokens().length;
            GenerationRequest request = new GenerationRequest("embedding", embed.tokens(),
                    SamplingParams.greedy(1).build());
            AcceptedRequest accepted = new AcceptedRequest(request,
                    new SamplingRecipe(request.sampling(), TokenRules.NONE, 0), length + 1,
                    AcceptedRequest.NO_DEADLINE);
            Sequence sequence = new Sequence(accepted, 0, null, blocks.newTable(), SequenceOwner.NOBODY);
            running.put(sequence, embed);
            scheduler.add(sequence);
        }

        private void complete(Sequence sequence, float[] embedding) {
            Embed embed = running.get(sequence);
            if (embed != null) {
                embed.result().complete(embedding);
            }
        }

        /** Takes out whatever has its result, or whose result nobody wants any more. */
        private void finishDone() {
            running.entrySet().removeIf(entry -> {
                boolean done = entry.getValue().result().isDone();
                if (done) {
                    scheduler.finish(entry.getKey());
                    runner.forget(entry.getKey());
                    gate.leave();
                }
                return done;
            });
        }
    }
}
