package io.barista.engine.cuda;

import io.barista.engine.backend.StepInputs;
import org.jspecify.annotations.Nullable;

/** The step that is being computed: its metadata on the device, and whether its operations are launched one by one or replayed. */
final class CurrentStep implements AutoCloseable {

    private final Stream stream;
    private final DeviceMemory memory;
    private final OneLaunchSteps oneLaunch;
    private final boolean eager;

    private boolean warming;
    private @Nullable StepInputs inputs;
    private @Nullable StepMemory metadata;
    private @Nullable StepGraphs graphs;
    private @Nullable StepAdapters adapters;
    private @Nullable StreamEvent adaptersRead;

    /** @param eager whether nothing is recorded */
    CurrentStep(Stream stream, DeviceMemory memory, OneLaunchSteps oneLaunch, boolean eager) {
        this.stream = stream;
        this.memory = memory;
        this.oneLaunch = oneLaunch;
        this.eager = eager;
    }

    /**
     * To be called before the first step, where rows may have adapters.
     *
     * @param read is marked when all steps begun so far have read their adapters
     */
    void arrangeAdapters(StepAdapters ofStep, StreamEvent read) {
        adapters = ofStep;
        adaptersRead = read;
    }

    /** Queues the copy of the step's metadata. */
    void begin(StepInputs begun) {
        CudaChecks.requireSound(begun);
        inputs = begun;
        roomFor(begun).copy(begun);
    }

    /** Compiles the kernels of steps of few rows; launches none. */
    void warmUp(StepInputs blank, Runnable run) {
        warming = true;
        try {
            int most = Math.min(blank.maxSequences(), blank.maxTokens());
            for (int rows : StepGraphs.sizes(most)) {
                if (rows <= OneLaunchSteps.MOST_ROWS) {
                    blank.clear();
                    blank.padTo(rows);
                    run.run();
                }
            }
        } finally {
            warming = false;
        }
    }

    /** Begins the step, padded where that lets it be replayed, and runs its operations. */
    void run(StepInputs begun, Runnable operations) {
        launch(begun, operations);
        if (adaptersRead != null && begun.adapterTokens > 0) {
            adaptersRead.record(stream);
        }
    }

    private void launch(StepInputs begun, Runnable operations) {
        if (warming) {
            begin(begun);
            oneLaunch.prepare(begun.tokens, operations);
            return;
        }
        boolean decodes = graphs(begun).takes(begun);
        if (eager || !decodes) {
            begin(begun);
            if (!decodes || !oneLaunch.run(begun, metadata(), operations)) {
                operations.run();
            }
            return;
        }
        graphs(begun).pad(begun);
        begin(begun);
        graphs(begun).run(begun, metadata(), operations);
    }

    StepInputs inputs() {
        if (inputs == null) {
            throw new IllegalStateException("begin() was not called");
        }
        return inputs;
    }

    StepMemory metadata() {
        if (metadata == null) {
            throw new IllegalStateException("begin() was not called");
        }
        return metadata;
    }

    private StepMemory roomFor(StepInputs begun) {
        if (metadata == null || !metadata.holds(begun)) {
            if (metadata != null) {
                stream.await();
                metadata.close();
            }
            metadata = new StepMemory(stream, memory, begun, adapters);
        }
        return metadata;
    }

    private StepGraphs graphs(StepInputs begun) {
        if (graphs == null) {
            graphs = new StepGraphs(stream, oneLaunch, Math.min(begun.maxSequences(), begun.maxTokens()));
        }
        return graphs;
    }

    @Override
    public void close() {
        if (metadata != null) {
            metadata.close();
        }
        if (graphs != null) {
            graphs.close();
        }
    }
}
