package io.barista.engine.cuda;

import io.barista.engine.EngineException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Owns what was allocated on the device and frees it, newest first. Allocates at start only. */
final class DeviceMemory implements AutoCloseable {

    private final Deque<Long> addresses = new ArrayDeque<>();
    private long allocated;

    /**
     * Memory aligned to 256 bytes, of undefined content.
     *
     * @throws EngineException INVALID_CONFIG when the device has no room
     */
    long allocate(String what, long bytes) {
        try {
            long address = Driver.allocate(Math.max(bytes, 1));
            addresses.push(address);
            allocated += bytes;
            return address;
        } catch (DeviceFailure e) {
            if (!e.isOutOfMemory()) {
                throw e;
            }
            Driver.Memory memory = Driver.memory();
            throw new EngineException(EngineException.Code.INVALID_CONFIG,
                    ("gpu_memory_utilization: %s needs %d MiB, but of the device's %d MiB only %d are free; use a smaller or "
                            + "quantised model, a lower max_num_batched_tokens, or a device that nobody else uses")
                            .formatted(what, mebibytes(bytes), mebibytes(memory.total()),
                                    mebibytes(memory.free())),
                    null, e);
        }
    }

    /** Frees what was allocated, before its time. The device must be done with it. */
    void release(long address) {
        if (!addresses.remove(address)) {
            throw new IllegalArgumentException("address %x was not allocated here".formatted(address));
        }
        Driver.free(address);
    }

    long allocatedBytes() {
        return allocated;
    }

    private static long mebibytes(long bytes) {
        return Math.ceilDiv(bytes, 1L << 20);
    }

    @Override
    public void close() {
        while (!addresses.isEmpty()) {
            Driver.free(addresses.pop());
        }
    }
}
