package io.barista.engine.cuda;

import io.barista.engine.backend.StepInputs;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.cuda.cudart.CUevent_st;

/**
 * The metadata of a step on the device: one block that one copy fills, whose parts lie one after another, each aligned to 16 bytes.
 * Where a part lies depends on the sizes of the step alone, so a recorded step finds its parts again.
 */
final class StepMemory implements AutoCloseable {

    private static final int ALIGNMENT = 4; // ints

    private final Stream stream;
    private final PinnedBuffer staging;
    private final CUevent_st fetched = Driver.createEvent(false);
    private final MemorySegment ints;
    private final long address;
    private final long bytes;

    private int offset; // ints
    private long tokenIds;
    private long ropeRows;
    private long slots;
    private long queryStarts;
    private long contextLengths;
    private long logitIndices;
    private long blockTables;

    /** With room for the largest step that these inputs can hold. */
    StepMemory(Stream stream, DeviceMemory memory, StepInputs inputs) {
        this.stream = stream;
        this.bytes = bytes(inputs);
        this.staging = new PinnedBuffer(bytes);
        this.ints = staging.segment();
        this.address = memory.allocate("a step's metadata", bytes);
    }

    private static long bytes(StepInputs inputs) {
        long sequences = inputs.maxSequences();
        return 4 * (4L * inputs.maxTokens() + 2 * sequences + sequences * inputs.maxBlocksPerSequence()
                + 8 * ALIGNMENT);
    }

    boolean holds(StepInputs inputs) {
        return bytes(inputs) <= bytes;
    }

    /** Queues the copy. Nobody may have waited for the step before, whose copy reads the same staging memory: so it is waited for. */
    void copy(StepInputs inputs) {
        Driver.await(fetched);
        offset = 0;
        tokenIds = put(inputs.tokenIds, inputs.tokens);
        ropeRows = put(inputs.ropeRows, inputs.tokens);
        slots = put(inputs.slots, inputs.tokens);
        queryStarts = put(inputs.queryStarts, inputs.sequences + 1);
        contextLengths = put(inputs.contextLengths, inputs.sequences);
        logitIndices = put(inputs.logitIndices, inputs.logitRows);
        blockTables = put(inputs.blockTables, inputs.sequences * inputs.maxBlocksPerSequence());
        Driver.copyToDevice(address, staging.pointer(), offset * 4L, stream.handle());
        Driver.record(fetched, stream.handle());
    }

    private long put(int[] values, int count) {
        long start = offset * 4L;
        MemorySegment.copy(values, 0, ints, ValueLayout.JAVA_INT, start, count);
        offset += Math.ceilDiv(count, ALIGNMENT) * ALIGNMENT;
        return address + start;
    }

    long tokenIds() {
        return tokenIds;
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
        Driver.destroy(fetched);
        staging.close();
    }
}
