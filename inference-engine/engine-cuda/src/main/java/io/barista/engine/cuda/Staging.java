package io.barista.engine.cuda;

import java.lang.foreign.MemorySegment;
import org.bytedeco.cuda.cudart.CUevent_st;

/** Page-locked memory that is filled, copied, and not filled again before the copy is done. */
final class Staging implements AutoCloseable {

    private final PinnedBuffer buffer;
    private final CUevent_st done = Driver.createEvent(false);
    private final Address place = new Address();

    Staging(long bytes) {
        this.buffer = new PinnedBuffer(bytes);
    }

    MemorySegment memory() {
        return buffer.segment();
    }

    /** Returns when what was queued last is done; at once when nothing was. */
    void await() {
        Driver.await(done);
    }

    /** Queues a copy of the first bytes to the device. */
    void copyTo(long target, long bytes, Stream stream) {
        Driver.copyToDevice(target, buffer.pointer(), bytes, stream.handle());
        record(stream);
    }

    /**
     * Queues a copy from the device, to be followed by {@link #record}.
     *
     * @return the offset behind it
     */
    long copyFrom(long source, long offset, long bytes, Stream stream) {
        if (bytes > 0) {
            Driver.copyToHost(place.at(buffer.segment().address() + offset), source, bytes, stream.handle());
        }
        return offset + bytes;
    }

    /** What was queued until now is what {@link #await} waits for. */
    void record(Stream stream) {
        Driver.record(done, stream.handle());
    }

    @Override
    public void close() {
        Driver.destroy(done);
        buffer.close();
    }
}
