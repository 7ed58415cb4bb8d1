package io.barista.engine.grammar;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The latest used values up to a number. Thread-safe; values are made outside the lock, by two threads at worst. */
final class LruCache<K, V> {

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<K, V> values;

    LruCache(int capacity) {
        this.values = new LinkedHashMap<>(16, 0.75f, true) {

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > capacity;
            }
        };
    }

    @Nullable
    V get(K key) {
        lock.lock();
        try {
            return values.get(key);
        } finally {
            lock.unlock();
        }
    }

    void put(K key, V value) {
        lock.lock();
        try {
            values.put(key, value);
        } finally {
            lock.unlock();
        }
    }

    void clear() {
        lock.lock();
        try {
            values.clear();
        } finally {
            lock.unlock();
        }
    }

    V computeIfAbsent(K key, Supplier<V> maker) {
        lock.lock();
        try {
            return values.computeIfAbsent(key, _ -> maker.get());
        } finally {
            lock.unlock();
        }
    }
}
