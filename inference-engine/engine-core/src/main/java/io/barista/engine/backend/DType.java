package io.barista.engine.backend;

/** Element types of tensors on disk and on a device. */
public enum DType {

    FLOAT32(4), FLOAT16(2), BFLOAT16(2), FLOAT8_E4M3(1), INT32(4), INT8(1), INT64(8);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes per element. */
    public int bytes() {
        return bytes;
    }
}
