package io.barista.engine.cuda;

import io.barista.engine.backend.StepInputs;
import java.util.Arrays;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.jspecify.annotations.Nullable;

/**
 * Steps of one token per sequence, recorded as CUDA graphs: one launch in place of hundreds. Such a step is padded to the next of a
 * few sizes. A size is run eagerly when it first occurs, which allocates what it needs, and recorded when it occurs again.
 */
final class StepGraphs implements AutoCloseable {

    private static final int LARGEST = 512;

    private final Stream stream;
    private final OneLaunchSteps oneLaunch;
    private final int[] sizes;
    private final @Nullable CUgraphExec_st[] graphs; // by size, of the base model alone, then of steps with adapters
    private final boolean[] hasRun;

    /** @param mostSequences of a step */
    StepGraphs(Stream stream, OneLaunchSteps oneLaunch, int mostSequences) {
        this.stream = stream;
        this.oneLaunch = oneLaunch;
        this.sizes = sizes(mostSequences);
        this.graphs = new CUgraphExec_st[2 * sizes.length];
        this.hasRun = new boolean[2 * sizes.length];
    }

    /** As in vLLM: 1, 2, 4, then every 8 up to 256, every 16 beyond; and the very most. */
    static int[] sizes(int mostSequences) {
        int most = Math.min(mostSequences, LARGEST);
        int[] sizes = new int[LARGEST];
        int count = 0;
        for (int size = 1; size < most; size += size < 4 ? size : size < 8 ? 4 : size < 256 ? 8 : 16) {
            sizes[count++] = size;
        }
        sizes[count++] = most;
        return Arrays.copyOf(sizes, count);
    }

    /** Whether the step is one that is recorded: every sequence computes one token and wants its logits, in their order. */
    boolean takes(StepInputs inputs) {
        return inputs.tokens > 0 && inputs.tokens == inputs.sequences && inputs.logitRows == inputs.tokens
                && inputs.tokens <= sizes[sizes.length - 1] && wantsLogitsInOrder(inputs);
    }

    private static boolean wantsLogitsInOrder(StepInputs inputs) {
        for (int i = 0; i < inputs.logitRows; i++) {
            if (inputs.logitIndices[i] != i) {
                return false;
            }
        }
        return true;
    }

    /** Grows the step to the next recorded size. */
    void pad(StepInputs inputs) {
        inputs.padTo(sizes[indexOf(inputs.tokens)]);
    }

    /** Replays a padded step; the step's metadata is on its way to the device already. */
    void run(StepInputs inputs, StepMemory metadata, Runnable operations) {
        int index = indexOf(inputs.tokens) + (inputs.adapterTokens > 0 ? sizes.length : 0);
        CUgraphExec_st graph = graphs[index];
        if (graph == null && !hasRun[index]) {
            hasRun[index] = true;
            launch(inputs, metadata, operations);
            return;
        }
        if (graph == null) {
            Driver.beginCapture(stream.handle());
            launch(inputs, metadata, operations);
            graph = Driver.endCapture(stream.handle());
            graphs[index] = graph;
        }
        Driver.launch(graph, stream.handle());
    }

    private void launch(StepInputs inputs, StepMemory metadata, Runnable operations) {
        if (!oneLaunch.run(inputs, metadata, operations)) {
            operations.run();
        }
    }

    private int indexOf(int tokens) {
        int found = Arrays.binarySearch(sizes, tokens);
        return found >= 0 ? found : -found - 1;
    }

    @Override
    public void close() {
        for (CUgraphExec_st graph : graphs) {
            if (graph != null) {
                Driver.destroy(graph);
            }
        }
    }
}
