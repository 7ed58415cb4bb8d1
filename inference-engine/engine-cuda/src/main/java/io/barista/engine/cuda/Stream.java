package io.barista.engine.cuda;

import org.bytedeco.cuda.cudart.CUstream_st;

/**
 * A queue of work on the device. Used by one thread at a time: the engine's, but for the one on which adapters' slots are filled, and while
 * weights are loaded by the threads that send them off.
 */
final class Stream implements AutoCloseable {

    private final CUstream_st handle = Driver.createStream();

    private boolean takesWork = true;

    CUstream_st handle() {
        return handle;
    }

    /** Whether kernels may be launched on it; not while a step's operations are written down to become one launch. */
    void takeWork(boolean takes) {
        takesWork = takes;
    }

    /** @throws NotRecorded while it takes no work */
    void requireTaking(String work) {
        if (!takesWork) {
            throw new NotRecorded(work + " is a launch of its own");
        }
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
