package io.barista.engine.cuda;

import io.barista.engine.backend.AttentionSpec;
import io.barista.engine.backend.StepInputs;
import java.util.HashMap;
import java.util.Map;

/** {@code attention_decode.cu}: one query per sequence; long contexts are split among blocks, whose partial results it adds up. */
final class DecodeAttention {

    private static final float NO_SCALE = 1;
    private static final int QUERY_ROWS = 16;
    private static final int MOST_SPLITS = 32;
    private static final int LEAST_STAGES = 2;

    private final Kernel kernel;
    private final int headDim;
    private final int multiprocessors;
    private final DeviceMemory memory;
    private final Stream stream;

    private int groupsWithRoom;
    private long partials; // behind the counters

    DecodeAttention(KernelLoader loader, Map<String, Integer> macros, int headDim, int multiprocessors,
            DeviceMemory memory, Stream stream) {
        boolean fp8 = macros.getOrDefault("KV_FP8", 0) == 1;
        int stages = stages(headDim, fp8, loader.device().dynamicSharedBytes());
        Map<String, Integer> all = new HashMap<>(macros);
        if (stages != mostStages(headDim)) {
            all.put("STAGES", stages);
        }
        this.kernel = loader.load("attention_decode", "attention_decode", 128, all);
        this.headDim = headDim;
        this.multiprocessors = multiprocessors;
        this.memory = memory;
        this.stream = stream;
        kernel.sharedMemory(sharedBytes(headDim, fp8, stages));
    }

    void attend(long qkv, AttentionSpec spec, long layer, StepInputs inputs, StepMemory step, long out) {
        int perSequence = groups(spec);
        requireRoom(perSequence * inputs.maxSequences());
        int splits = splits(perSequence * inputs.sequences);
        kernel.pointer(qkv).pointer(layer).pointer(step.queryStarts()).pointer(step.contextLengths())
                .pointer(step.blockTables()).integer(inputs.maxBlocksPerSequence()).integer(spec.heads())
                .integer(spec.kvHeads()).real(spec.scale()).integer(spec.window()).real(spec.softCap()).real(NO_SCALE)
                .real(NO_SCALE).pointer(workspace(perSequence * inputs.sequences)).integer(splits).pointer(out)
                .launch(splits, perSequence, inputs.sequences);
    }

    /** Blocks that one sequence needs without splits: each takes up to 16 heads that share keys. */
    private static int groups(AttentionSpec spec) {
        return spec.kvHeads() * Math.ceilDiv(spec.heads() / spec.kvHeads(), QUERY_ROWS);
    }

    /** As many as fill the device twice. Independent of contexts, so that a recorded launch serves all of them. */
    private int splits(int groups) {
        return Math.clamp(Math.ceilDiv(2 * multiprocessors, groups), 1, MOST_SPLITS);
    }

    /**
     * Where the kernel's workspace begins for so many groups: their counters, then partial results. Partial results begin at the same
     * place whatever the number, or those of one step would lie on the counters of another, which must be zero.
     */
    private long workspace(int groups) {
        return partials - counterBytes(groups);
    }

    private static long counterBytes(int groups) {
        return Math.ceilDiv(groups * 4L, 256) * 256;
    }

    /** Once, at the first step: then the largest step is known. */
    private void requireRoom(int groups) {
        if (groups <= groupsWithRoom) {
            return;
        }
        groupsWithRoom = groups;
        // splits · groups is less than twice the multiprocessors and one more for each group
        long rows = (long) (groups + 2 * multiprocessors) * QUERY_ROWS;
        long counters = memory.allocate("attention's workspace", counterBytes(groups) + rows * (headDim + 2) * 4);
        Driver.fill(counters, (byte) 0, counterBytes(groups), stream.handle());
        partials = counters + counterBytes(groups);
    }

    /** As the kernel's head says. */
    static int sharedBytes(int headDim, boolean fp8, int stages) {
        int rowUnits = headDim / 8 | 1;
        return 2_048 * (fp8 ? stages * (headDim / 16 | 1) + rowUnits : stages * rowUnits);
    }

    /** Of a ring of keys and values, as many as there is room for; 0 where that is too little. */
    static int stages(int headDim, boolean fp8, int mostShared) {
        for (int stages = mostStages(headDim); stages >= LEAST_STAGES; stages--) {
            if (sharedBytes(headDim, fp8, stages) <= mostShared) {
                return stages;
            }
        }
        return 0;
    }

    private static int mostStages(int headDim) {
        return headDim <= 128 ? 3 : 2;
    }
}
