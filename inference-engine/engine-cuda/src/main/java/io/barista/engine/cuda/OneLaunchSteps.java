package io.barista.engine.cuda;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.StepInputs;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decode steps of few rows as one launch each ({@code decode_step.cu}), of models all of whose operations the kernel knows. A step
 * is recorded at the start, or when its number of rows first occurs.
 */
final class OneLaunchSteps {

    private static final Logger LOG = LoggerFactory.getLogger(OneLaunchSteps.class);

    /** With more rows a chain of launches is as fast. */
    static final int MOST_ROWS = 4;

    private static final int BLOCK = 256;

    /** Of the ring of weights: with fewer, a chain of launches is as fast; more do not help. */
    private static final int LEAST_STAGES = 4;
    private static final int MOST_STAGES = 6;

    private static final int STAGE_BYTES = 32_768;
    private static final int FIXED_BYTES = 11_264;
    private static final int UNIT = 128; // inputs that are staged together
    private static final int QUERY_ROWS = 10;
    private static final int WARPS = 8;

    private final KernelLoader loader;
    private final DeviceMemory memory;
    private final Stream stream;
    private final StepRecorder recorder;
    private final @Nullable StepLaunch[] launches = new StepLaunch[MOST_ROWS + 1]; // by rows

    private int mostRows;

    /** @param element of activations; those of float32 are not multiplied by tensor cores */
    OneLaunchSteps(KernelLoader loader, Element element, DeviceMemory memory, Stream stream, StepRecorder recorder) {
        this.loader = loader;
        this.memory = memory;
        this.stream = stream;
        this.recorder = recorder;
        this.mostRows = element == Element.FLOAT32 ? 0 : MOST_ROWS;
    }

    /**
     * Launches a step of one token per sequence that wants all of its logits.
     *
     * @return false when it has to be launched operation by operation, and nothing was done
     */
    boolean run(StepInputs inputs, StepMemory metadata, Runnable operations) {
        StepLaunch launch = inputs.adapterTokens > 0 ? null : prepare(inputs.tokens, operations);
        if (launch == null) {
            return false;
        }
        launch.run(inputs, metadata);
        return true;
    }

    /**
     * Records a step of so many rows when it first occurs, and compiles its kernel.
     *
     * @return null when it has to be launched operation by operation
     */
    @Nullable
    StepLaunch prepare(int rows, Runnable operations) {
        if (rows > mostRows) {
            return null;
        }
        StepLaunch launch = launches[rows];
        if (launch == null) {
            launch = recorded(rows, operations);
            launches[rows] = launch;
        }
        return launch;
    }

    private @Nullable StepLaunch recorded(int rows, Runnable operations) {
        stream.takeWork(false);
        StepRecording recording;
        try {
            recording = recorder.record(rows, operations);
            requireRoom(recording);
        } catch (NotRecorded e) {
            mostRows = rows - 1; // more rows need more memory, and have the same operations
            LOG.info("decode steps of {} rows and more are launched operation by operation: {}", rows, e.getMessage());
            return null;
        } finally {
            stream.takeWork(true);
        }
        LOG.info("decode steps of {} rows are one launch of {} operations", rows, recording.operations().size());
        return new StepLaunch(kernel(recording), recording, loader.device().multiprocessors(), memory, stream);
    }

    private void requireRoom(StepRecording recording) {
        if (!loader.device().launchesCooperatively()) {
            throw new NotRecorded("the device does not say that all blocks of a launch run at a time");
        }
        if (stages(recording) < LEAST_STAGES) {
            throw new NotRecorded("%d KiB of shared memory leave too little for weights beside activations"
                    .formatted(loader.device().blockSharedBytes() >> 10));
        }
    }

    private Kernel kernel(StepRecording recording) {
        int stages = stages(recording);
        Kernel kernel = loader.loadResident("decode_step", "decode_step", BLOCK,
                Map.of("HEAD_DIM", recording.attention().headDim(), "BLOCK_TOKENS", recording.cache().blockTokens(),
                        "ROWS", rowsOfKernel(recording), "STAGES", stages));
        kernel.sharedMemory(stages * STAGE_BYTES + otherBytes(recording));
        return kernel;
    }

    private int stages(StepRecording recording) {
        return Math.min(MOST_STAGES, (loader.device().blockSharedBytes() - otherBytes(recording)) / STAGE_BYTES);
    }

    /** As the kernel's head says. */
    private static int otherBytes(StepRecording recording) {
        AttentionSpec attention = recording.attention();
        int sharing = Math.min(WARPS, attention.heads() / attention.kvHeads());
        int staged = 2 * rowsOfKernel(recording) * (Math.ceilDiv(recording.largestInputs(), UNIT) * UNIT + 32);
        int attended = 2 * QUERY_ROWS * (attention.headDim() + 8) + 512
                + 4 * WARPS * sharing * (attention.headDim() + 4);
        return FIXED_BYTES + StepOperation.BYTES * recording.operations().size() + Math.max(staged, attended);
    }

    /** A power of two. */
    private static int rowsOfKernel(StepRecording recording) {
        return recording.rows() == 1 ? 1 : Integer.highestOneBit(2 * recording.rows() - 1);
    }
}
