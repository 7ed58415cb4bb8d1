package io.barista.engine.cuda;

import io.barista.engine.backend.StepInputs;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of a step on the device: one block that one copy fills, whose parts lie one after another, each aligned to 16 bytes.
 * Where a part lies depends on the sizes of the step alone, so a recorded step finds its parts again.
 */
final class StepMemory implements AutoCloseable {

    private static final int ALIGNMENT = 4; // ints
    private static final int PARTS = 12; // at most

    private final Stream stream;
    private final Staging[] stagings; // by turns: the step before may not have been copied yet
    private final long address;
    private final long bytes;
    private final long drawn;
    private final @Nullable StepAdapters adapters;

    private int turn;
    private int offset; // ints
    private long tokenIds;
    private long ropeRows;
    private long slots;
    private long queryStarts;
    private long contextLengths;
    private long logitIndices;
    private long blockTables;

    /**
     * With room for the largest step that these inputs can hold.
     *
     * @param adapters where rows may have adapters
     */
    StepMemory(Stream stream, DeviceMemory memory, StepInputs inputs, @Nullable StepAdapters adapters) {
        this.stream = stream;
        this.adapters = adapters;
        this.bytes = bytes(inputs);
        this.stagings = new Staging[]{new Staging(bytes), new Staging(bytes)};
        this.address = memory.allocate("a step's metadata", bytes);
        this.drawn = memory.allocate("drawn tokens", 4L * inputs.maxTokens());
    }

    private long bytes(StepInputs inputs) {
        long sequences = inputs.maxSequences();
        long ofAdapters = adapters == null ? 0 : adapters.mostInts(inputs.maxTokens());
        return 4 * (4L * inputs.maxTokens() + 2 * sequences + sequences * inputs.maxBlocksPerSequence() + ofAdapters
                + PARTS * ALIGNMENT);
    }

    boolean holds(StepInputs inputs) {
        return bytes(inputs) <= bytes;
    }

    /** Queues the copy. Waits for that of the step before the one before. */
    void copy(StepInputs inputs) {
        Staging staging = stagings[turn];
        turn = 1 - turn;
        staging.await();
        MemorySegment ints = staging.memory();
        offset = 0;
        tokenIds = put(ints, inputs.tokenIds, inputs.tokens);
        ropeRows = put(ints, inputs.ropeRows, inputs.tokens);
        slots = put(ints, inputs.slots, inputs.tokens);
        queryStarts = put(ints, inputs.queryStarts, inputs.sequences + 1);
        contextLengths = put(ints, inputs.contextLengths, inputs.sequences);
        logitIndices = put(ints, inputs.logitIndices, inputs.logitRows);
        blockTables = put(ints, inputs.blockTables, inputs.sequences * inputs.maxBlocksPerSequence());
        if (adapters != null && inputs.adapterTokens > 0) {
            adapters.begin(inputs);
            put(ints, adapters.ofTokens());
            put(ints, adapters.ofLogitRows());
        }
        staging.copyTo(address, offset * 4L, stream);
    }

    private void put(MemorySegment ints, AdapterRows rows) {
        AdapterTiles tiles = rows.onHost();
        rows.lieAt(put(ints, tiles.order(), rows.count()), put(ints, tiles.tiles(), tiles.ints(rows.count())));
    }

    private long put(MemorySegment ints, int[] values, int count) {
        long start = offset * 4L;
        MemorySegment.copy(values, 0, ints, ValueLayout.JAVA_INT, start, count);
        offset += Math.ceilDiv(count, ALIGNMENT) * ALIGNMENT;
        return address + start;
    }

    long tokenIds() {
        return tokenIds;
    }

    /** Where the tokens that a step draws are kept, by its rows of logits, until the next step has drawn its own. */
    long drawn() {
        return drawn;
    }

    long ropeRows() {
        return ropeRows;
    }

    long slots() {
        return slots;
    }

    long queryStarts() {
        return queryStarts;
    }

    long contextLengths() {
        return contextLengths;
    }

    long logitIndices() {
        return logitIndices;
    }

    long blockTables() {
        return blockTables;
    }

    @Override
    public void close() {
        for (Staging staging : stagings) {
            staging.close();
        }
    }
}
