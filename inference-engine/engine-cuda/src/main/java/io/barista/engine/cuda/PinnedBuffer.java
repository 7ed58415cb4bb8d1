package io.barista.engine.cuda;

import java.lang.foreign.MemorySegment;

/** Page-locked memory of the host: what copies to and from the device pass through. */
final class PinnedBuffer implements AutoCloseable {

    private final long address;
    private final MemorySegment segment;
    private final Address pointer;

    PinnedBuffer(long bytes) {
        this.address = Driver.allocatePinned(bytes);
        this.segment = MemorySegment.ofAddress(address).reinterpret(bytes);
        this.pointer = new Address().at(address);
    }

    MemorySegment segment() {
        return segment;
    }

    /** Its start. */
    Address pointer() {
        return pointer;
    }

    @Override
    public void close() {
        Driver.freePinned(address);
    }
}
