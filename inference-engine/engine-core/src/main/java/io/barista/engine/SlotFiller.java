package io.barista.engine;

import io.barista.engine.lora.Adapter;
import io.barista.engine.lora.AdapterCounters;
import io.barista.engine.lora.AdapterSlots;
import io.barista.engine.runner.ModelRunner;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Fills the device's slots on a thread of its own, so that no step waits for it; the loop hears of it by a command. */
final class SlotFiller implements AdapterSlots.Filling, AutoCloseable {

    private final ModelRunner runner;
    private final BlockingQueue<EngineCommand> commands;
    private final AdapterCounters counters;
    private final ExecutorService thread = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().name("adapter-slots").daemon().factory());

    SlotFiller(ModelRunner runner, BlockingQueue<EngineCommand> commands, AdapterCounters counters) {
        this.runner = runner;
        this.commands = commands;
        this.counters = counters;
    }

    @Override
    public void begin(int slot, Adapter adapter) {
        thread.execute(() -> fill(slot, adapter));
    }

    private void fill(int slot, Adapter adapter) {
        try {
            long started = System.nanoTime();
            runner.writeAdapter(slot, adapter);
            counters.filled(System.nanoTime() - started);
            commands.add(new EngineCommand.SlotFilled(slot));
        } catch (RuntimeException | Error e) { // the loop must hear of it, or requests wait for ever
            commands.add(new EngineCommand.SlotFailed(slot, adapter, e));
        }
    }

    /** Returns when no slot is being written any more, so that the device can be closed. */
    @Override
    public void close() {
        thread.shutdownNow();
        boolean interrupted = Thread.interrupted();
        boolean ended = false;
        while (!ended) {
            try {
                ended = thread.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
