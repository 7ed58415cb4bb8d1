package io.barista.engine.cuda;

import org.bytedeco.cuda.cudart.CUevent_st;

/** Lets one stream wait for another, recorded or not. */
final class StreamEvent implements AutoCloseable {

    private final CUevent_st handle = Driver.createEvent(false);

    /** Marks what is queued in the stream so far. */
    void record(Stream stream) {
        Driver.record(handle, stream.handle());
    }

    /** What is queued in the stream from now on begins when what was marked last is done. */
    void await(Stream stream) {
        Driver.await(handle, stream.handle());
    }

    @Override
    public void close() {
        Driver.destroy(handle);
    }
}
