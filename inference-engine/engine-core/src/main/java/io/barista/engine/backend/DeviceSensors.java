package io.barista.engine.backend;

/** What a device's driver tells about it, at any time and from any thread. What cannot be read is NaN. */
public interface DeviceSensors {

    /** The device's name. */
    String device();

    /** Bytes in use, by whomever. */
    double memoryUsed();

    /** Bytes in all. */
    double memoryTotal();

    /** Share of the last moments in which it computed, 0 to 1. */
    double utilization();

    /** In degrees Celsius. */
    double temperature();

    /** In watts. */
    double power();
}
