package io.barista.engine.cuda;

/** Shares out the device's memory: the engine may use a part of all of it, and what others use counts against that part. */
final class MemoryBudget {

    /** For what is allocated later: recorded graphs, cuBLASLt's kernels, a step's metadata and attention's workspace. */
    static final long RESERVE = 512L << 20;

    private final double utilization;

    /** @param utilization part of the device's total, above 0 and up to 1 */
    MemoryBudget(double utilization) {
        this.utilization = utilization;
    }

    /** The engine's part of a device. */
    long share(long total) {
        return (long) (total * utilization);
    }

    /** What is left of the part for activations and the cache; negative when it is used up. */
    long freeBytes(Driver.Memory memory) {
        return share(memory.total()) - (memory.total() - memory.free()) - RESERVE;
    }

    /** In words, for the log. */
    String describe(Driver.Memory memory, long own) {
        long used = memory.total() - memory.free();
        return "%d MiB of %d MiB (gpu_memory_utilization %s): %d MiB for weights, %d MiB for the context, libraries and other processes, %d MiB kept back, %d MiB left"
                .formatted(share(memory.total()) >> 20, memory.total() >> 20, utilization, own >> 20, used - own >> 20,
                        RESERVE >> 20, freeBytes(memory) >> 20);
    }
}
