package io.barista.engine.cuda;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.StepInputs;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** A recorded step of so many rows on the device, with the workspace that its launches share. */
final class StepLaunch {

    private static final int STATE_BYTES = 16;
    private static final int WORD = 8;

    private final Kernel kernel;
    private final int rows;
    private final int blocks;
    private final int count;
    private final int splits;
    private final int partials;
    private final AttentionSpec attention;
    private final float eps;
    private final float embeddingScale;
    private final long operations;
    private final long words;
    private final long state;
    private final long logits;

    /** @param kernel with the shared memory that the recording needs */
    StepLaunch(Kernel kernel, StepRecording recording, int blocks, DeviceMemory memory, Stream stream) {
        this.kernel = kernel;
        this.rows = recording.rows();
        this.blocks = blocks;
        this.count = recording.operations().size();
        this.splits = recording.splits();
        this.partials = recording.partials();
        this.attention = recording.attention();
        this.eps = recording.eps();
        this.embeddingScale = recording.embeddingScale();
        this.logits = recording.logits();
        long wordBytes = (long) recording.words() * WORD;
        this.words = memory.allocate("a step's words", wordBytes);
        this.state = memory.allocate("a step's state", STATE_BYTES);
        Driver.fill(words, (byte) 0, wordBytes, stream.handle());
        Driver.fill(state, (byte) 0, STATE_BYTES, stream.handle());
        ByteBuffer bytes = recording.bytes();
        this.operations = memory.allocate("a step's operations", bytes.remaining());
        try (Staging staging = new Staging(bytes.remaining())) {
            MemorySegment.copy(MemorySegment.ofBuffer(bytes), 0, staging.memory(), 0, bytes.remaining());
            staging.copyTo(operations, bytes.remaining(), stream);
            staging.await();
        }
    }

    void run(StepInputs inputs, StepMemory step) {
        kernel.pointer(operations).integer(count).pointer(words).pointer(state).pointer(step.tokenIds())
                .pointer(step.drawn()).real(embeddingScale).pointer(step.ropeRows()).pointer(step.slots())
                .pointer(step.contextLengths()).pointer(step.blockTables()).integer(inputs.maxBlocksPerSequence())
                .pointer(logits).integer(rows).integer(attention.heads()).integer(attention.kvHeads()).integer(splits)
                .integer(partials).real(eps).real(attention.scale()).real(attention.softCap()).launch(blocks, 1, 1);
    }
}
