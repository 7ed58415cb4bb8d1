package io.barista.engine.cuda;

import org.bytedeco.cuda.cudart.CUstream_st;

/** A queue of work on the device. Used by one thread at a time: the engine's, but for the one on which adapters' slots are filled. */
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
