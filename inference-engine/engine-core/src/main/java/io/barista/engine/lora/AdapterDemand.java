package io.barista.engine.lora;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Which adapters sequences run with at this moment, and which they wait with. The base model is nobody's adapter. Thread-safe. */
public final class AdapterDemand {

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Integer> running = new TreeMap<>();
    private final Map<String, Integer> waiting = new TreeMap<>();

    /** @param running names in order, and waiting those that somebody waits with, whether others run with them or not */
    public record Snapshot(Collection<String> running, Collection<String> waiting) {}

    public Snapshot snapshot() {
        lock.lock();
        try {
            return new Snapshot(new TreeSet<>(running.keySet()), new TreeSet<>(waiting.keySet()));
        } finally {
            lock.unlock();
        }
    }

    /** Begins to wait, for its adapter to be loaded or for its turn. */
    public void await(@Nullable Adapter adapter) {
        if (adapter != null) {
            await(adapter.id().name());
        }
    }

    void await(String name) {
        change(waiting, name, 1);
    }

    /** Waits no longer, because it runs or has ended. */
    public void waited(@Nullable Adapter adapter) {
        if (adapter != null) {
            waited(adapter.id().name());
        }
    }

    void waited(String name) {
        change(waiting, name, -1);
    }

    public void run(@Nullable Adapter adapter) {
        if (adapter != null) {
            change(running, adapter.id().name(), 1);
        }
    }

    public void ran(@Nullable Adapter adapter) {
        if (adapter != null) {
            change(running, adapter.id().name(), -1);
        }
    }

    private void change(Map<String, Integer> counts, String name, int by) {
        lock.lock();
        try {
            counts.merge(name, by, (before, change) -> before + change == 0 ? null : before + change);
        } finally {
            lock.unlock();
        }
    }
}
