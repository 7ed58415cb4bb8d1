package io.barista.engine.testkit;

import io.barista.engine.backend.StepInputs;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Builds the metadata of one step. Each sequence is given scattered blocks that no other has, so that a backend that mixes up
 * blocks, slots and rows gives wrong numbers.
 */
public final class TestStep {

    private final int blockTokens;
    private final int maxBlocksPerSequence;
    private final List<int[]> blocks = new ArrayList<>();
    private final List<Chunk> chunks = new ArrayList<>();

    private TestStep(int blockTokens, int maxBlocksPerSequence) {
        this.blockTokens = blockTokens;
        this.maxBlocksPerSequence = maxBlocksPerSequence;
    }

    private record Chunk(int sequence, int[] tokenIds, int from) {}

    /** Room for {@code sequences} sequences of {@code blocksEach} blocks in a cache of their product. */
    public static TestStep of(RandomGenerator scatter, int sequences, int blocksEach, int blockTokens) {
        int[] order = new int[sequences * blocksEach];
        for (int i = 0; i < order.length; i++) {
            int j = scatter.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        TestStep step = new TestStep(blockTokens, blocksEach);
        for (int s = 0; s < sequences; s++) {
            int[] own = new int[blocksEach];
            System.arraycopy(order, s * blocksEach, own, 0, blocksEach);
            step.blocks.add(own);
        }
        return step;
    }

    /** Lets a sequence compute {@code tokenIds} at positions from {@code from} on. */
    public TestStep compute(int sequence, int from, int... tokenIds) {
        chunks.add(new Chunk(sequence, tokenIds, from));
        return this;
    }

    /** The step of all chunks asked for since the last call, with logits for the last row of each. */
    public StepInputs next() {
        int tokens = chunks.stream().mapToInt(chunk -> chunk.tokenIds.length).sum();
        StepInputs inputs = new StepInputs(Math.max(1, tokens), Math.max(1, chunks.size()), maxBlocksPerSequence);
        for (Chunk chunk : chunks) {
            add(chunk, inputs);
        }
        chunks.clear();
        return inputs;
    }

    private void add(Chunk chunk, StepInputs inputs) {
        int[] table = blocks.get(chunk.sequence);
        for (int i = 0; i < chunk.tokenIds.length; i++) {
            int position = chunk.from + i;
            inputs.tokenIds[inputs.tokens] = chunk.tokenIds[i];
            inputs.positions[inputs.tokens] = position;
            inputs.ropeRows[inputs.tokens] = position;
            inputs.slots[inputs.tokens] = table[position / blockTokens] * blockTokens + position % blockTokens;
            inputs.tokens++;
        }
        inputs.contextLengths[inputs.sequences] = chunk.from + chunk.tokenIds.length;
        System.arraycopy(table, 0, inputs.blockTables, inputs.sequences * maxBlocksPerSequence, table.length);
        inputs.sequences++;
        inputs.queryStarts[inputs.sequences] = inputs.tokens;
        inputs.logitIndices[inputs.logitRows++] = inputs.tokens - 1;
    }
}
