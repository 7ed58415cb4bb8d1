package io.barista.engine.backend;

/** Memory of a device. Only the backend that made it looks inside; it lives until that backend is closed. */
public interface DeviceBuffer {

    String name();

    DType dtype();

    long elements();
}
