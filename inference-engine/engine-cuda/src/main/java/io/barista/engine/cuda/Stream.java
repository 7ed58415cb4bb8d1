package io.barista.engine.cuda;

import org.bytedeco.cuda.cudart.CUstream_st;

/** The one queue of the engine's work on the device. Confined to the thread that opened the device. */
final class Stream implements AutoCloseable {

    private final CUstream_st handle = Driver.createStream();

    CUstream_st handle() {
        return handle;
    }

    /** Returns when everything queued so far is done. */
    void await() {
        Driver.synchronize(handle);
    }

    @Override
    public void close() {
        Driver.destroy(handle);
    }
}
