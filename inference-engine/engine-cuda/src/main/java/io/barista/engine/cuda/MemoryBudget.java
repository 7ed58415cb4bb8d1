package io.barista.engine.cuda;

/** Shares out the device's memory: the engine may use a part of all of it, and what others use counts against that part. */
final class MemoryBudget {

    /** For what is allocated later: recorded graphs, cuBLASLt's kernels, a step's metadata and attention's workspace. */
    private static final long RESERVE = 512L << 20;

    private final double utilization;

    /** @param utilization part of the device's total, above 0 and up to 1 */
    MemoryBudget(double utilization) {
        this.utilization = utilization;
    }

    long freeBytes() {
        Driver.Memory memory = Driver.memory();
        return freeBytes(memory.free(), memory.total());
    }

    long freeBytes(long free, long total) {
        long used = total - free;
        return Math.max(0, (long) (total * utilization) - used - RESERVE);
    }
}
