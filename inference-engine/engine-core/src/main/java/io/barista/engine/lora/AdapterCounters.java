package io.barista.engine.lora;

import java.util.concurrent.atomic.LongAdder;

/** What happened to adapters since the start, where counters only grow, and who asks for them now. Thread-safe. */
public final class AdapterCounters {

    private final AdapterDemand demand = new AdapterDemand();
    private final LongAdder loads = new LongAdder();
    private final LongAdder loadNanos = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder hostEvictions = new LongAdder();
    private final LongAdder slotFills = new LongAdder();
    private final LongAdder slotFillNanos = new LongAdder();
    private final LongAdder slotEvictions = new LongAdder();

    /** Of sequences at this moment. */
    public AdapterDemand demand() {
        return demand;
    }

    /** Adapters brought into the host's memory. */
    public long loads() {
        return loads.sum();
    }

    /** Time spent on that: fetching, reading and checking. */
    public long loadNanos() {
        return loadNanos.sum();
    }

    /** Adapters that could not be brought there. */
    public long failures() {
        return failures.sum();
    }

    public long hostEvictions() {
        return hostEvictions.sum();
    }

    /** Adapters copied to a slot of the device. */
    public long slotFills() {
        return slotFills.sum();
    }

    public long slotFillNanos() {
        return slotFillNanos.sum();
    }

    public long slotEvictions() {
        return slotEvictions.sum();
    }

    void loaded(long nanos) {
        loads.increment();
        loadNanos.add(nanos);
    }

    void failed() {
        failures.increment();
    }

    void evictedFromHost() {
        hostEvictions.increment();
    }

    public void filled(long nanos) {
        slotFills.increment();
        slotFillNanos.add(nanos);
    }

    void evictedFromDevice() {
        slotEvictions.increment();
    }
}
