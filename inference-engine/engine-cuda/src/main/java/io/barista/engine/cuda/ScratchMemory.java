package io.barista.engine.cuda;

import org.jspecify.annotations.Nullable;

/**
 * One piece of device memory for what lives during one operation only. It is asked for while the model is loaded and allocated once,
 * as large as the largest request; a request that comes later and asks for more replaces it.
 */
final class ScratchMemory {

    private final DeviceMemory memory;
    private final Stream stream;
    private long required;
    private long allocated;
    private @Nullable Long address;

    ScratchMemory(DeviceMemory memory, Stream stream) {
        this.memory = memory;
        this.stream = stream;
    }

    void require(long bytes) {
        required = Math.max(required, bytes);
    }

    /** Allocates what was required so far, so that it counts as used when memory is shared out. */
    void allocate() {
        if (required <= allocated) {
            return;
        }
        if (address != null) {
            stream.await();
            memory.release(address);
        }
        address = memory.allocate("weights written out for a product", required);
        allocated = required;
    }

    long address() {
        allocate();
        if (address == null) {
            throw new IllegalStateException("no scratch memory was asked for");
        }
        return address;
    }
}
