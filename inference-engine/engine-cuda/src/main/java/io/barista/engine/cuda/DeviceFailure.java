package io.barista.engine.cuda;

/**
 * A native call reported an error. Errors of the device are sticky: after one, every call on its context fails, so the engine ends
 * and its process must be replaced.
 */
final class DeviceFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** The driver's code for memory that cannot be had: the only error that leaves the context usable. */
    static final int OUT_OF_MEMORY = 2;

    private final int code;

    DeviceFailure(String call, int code, String meaning) {
        super("%s failed with code %d: %s".formatted(call, code, meaning));
        this.code = code;
    }

    boolean isOutOfMemory() {
        return code == OUT_OF_MEMORY;
    }
}
