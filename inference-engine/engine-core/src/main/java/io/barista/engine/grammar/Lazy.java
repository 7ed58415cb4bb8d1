package io.barista.engine.grammar;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value that is made once, when it is first wanted. Thread-safe. */
final class Lazy<T> implements Supplier<T> {

    private final ReentrantLock lock = new ReentrantLock();
    private final Supplier<T> maker;
    private volatile @Nullable T value;

    Lazy(Supplier<T> maker) {
        this.maker = maker;
    }

    @Override
    public T get() {
        T known = value;
        if (known != null) {
            return known;
        }
        lock.lock();
        try {
            T made = value == null ? maker.get() : value;
            value = made;
            return made;
        } finally {
            lock.unlock();
        }
    }
}
