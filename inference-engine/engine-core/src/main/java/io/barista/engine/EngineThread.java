package io.barista.engine;

import io.barista.engine.backend.DeviceSensors;
import io.barista.engine.lora.AdapterCache;
import io.barista.engine.lora.AdapterSource;
import io.barista.engine.output.OutputMessage;
import io.barista.engine.output.OutputProcessor;
import io.barista.engine.runner.ModelRunner;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread {@code engine-loop} from its birth, which opens the device, to its end, after which every request has been answered. */
final class EngineThread {

    private static final Logger LOG = LoggerFactory.getLogger(EngineThread.class);

    private final EngineAssembly assembly;
    private final AdapterSource adapters;
    private final BlockingQueue<EngineCommand> commands;
    private final OutputProcessor output;
    private final EngineObserver observer;
    private final List<Integer> endTokens;

    private final CompletableFuture<Running> ready = new CompletableFuture<>();
    private final Thread thread = Thread.ofPlatform().name("engine-loop").daemon().unstarted(this::run);
    private volatile boolean serving;

    private record Running(ResolvedEngineConfig config, ModelRunner runner, AdapterRoom adapters, AdmissionGate gate,
            EngineLoop loop) {}

    EngineThread(EngineAssembly assembly, AdapterSource adapters, BlockingQueue<EngineCommand> commands,
            OutputProcessor output, EngineObserver observer, List<Integer> endTokens) {
        this.assembly = assembly;
        this.adapters = adapters;
        this.commands = commands;
        this.output = output;
        this.observer = observer;
        this.endTokens = endTokens;
    }

    /** Returns when the model is loaded; throws what prevented that. */
    void start() {
        thread.start();
        Startup.await(ready);
    }

    ResolvedEngineConfig config() {
        return ready.join().config();
    }

    AdmissionGate gate() {
        return ready.join().gate();
    }

    /** Empty when adapters are off. */
    Optional<AdapterCache> adapters() {
        return ready.join().adapters().cache();
    }

    Optional<DeviceSensors> sensors() {
        return ready.join().runner().sensors();
    }

    EngineStats stats() {
        return ready.join().loop().stats();
    }

    boolean isServing() {
        return serving;
    }

    Duration sinceHeartbeat() {
        return Duration.ofNanos(System.nanoTime() - ready.join().loop().heartbeatNanos());
    }

    /** Returns when the device is closed and every listener's thread has its last event. */
    void awaitEnd() {
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            try {
                thread.join();
                output.join();
                ended = true;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        Running running = open();
        if (running == null) {
            return;
        }
        EngineException reason = serve(running.loop());
        serving = false;
        output.post(new OutputMessage.Stopped(reason));
        running.adapters().close();
        running.runner().close();
    }

    private @Nullable Running open() {
        try {
            EngineAssembly.Parts parts = assembly.assemble();
            ResolvedEngineConfig config = parts.config();
            parts.runner().warmUp();
            AdmissionGate gate = new AdmissionGate(config.maxQueuedRequests(), config.maxNumSeqs());
            AdapterRoom room = AdapterRoom.of(parts, adapters, commands);
            EngineLoop loop = new EngineLoop(config, parts.runner(), room.slots(), commands, output, observer, gate,
                    new StopCheck(endTokens), new SecureRandom().nextLong());
            LOG.info("engine ready: {}", config.asMap());
            config.ignored().forEach((key, why) -> LOG.info("{} has no effect here: {}", key, why));
            Running running = new Running(config, parts.runner(), room, gate, loop);
            output.start();
            serving = true;
            ready.complete(running);
            return running;
        } catch (RuntimeException | Error e) {
            ready.completeExceptionally(e);
            return null;
        }
    }

    /** Why it ended, for requests that have not. */
    private static EngineException serve(EngineLoop loop) {
        try {
            loop.run();
            return EngineException.of(EngineException.Code.UNAVAILABLE, "the engine was shut down");
        } catch (InterruptedException e) {
            LOG.warn("the engine loop was interrupted and ends");
            return EngineException.of(EngineException.Code.UNAVAILABLE, "the engine was shut down");
        } catch (RuntimeException | Error e) {
            LOG.error("the engine loop failed and ends; nothing is served from here on", e);
            return new EngineException(EngineException.Code.INTERNAL, "the engine failed; try another replica", null,
                    e);
        }
    }
}
