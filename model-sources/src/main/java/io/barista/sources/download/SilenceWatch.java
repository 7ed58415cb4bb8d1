package io.barista.sources.download;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Interrupts threads whose connection says nothing for too long; neither JDK client limits the time between two bytes. */
final class SilenceWatch implements AutoCloseable {

    private final long limitNanos;
    private final Set<Watched> all = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService clock = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("silence-watch").factory());

    SilenceWatch(Duration limit) {
        this.limitNanos = limit.toNanos();
        long period = Math.max(limitNanos / 4, TimeUnit.MILLISECONDS.toNanos(10));
        clock.scheduleAtFixedRate(this::check, period, period, TimeUnit.NANOSECONDS);
    }

    /** Watches the calling thread until {@link Watched#close}. */
    Watched watch() {
        Watched watched = new Watched(Thread.currentThread());
        all.add(watched);
        return watched;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    private void check() {
        long now = System.nanoTime();
        all.forEach(watched -> watched.check(now));
    }

    final class Watched implements AutoCloseable {

        private final Thread thread;
        private volatile long lastHeard = System.nanoTime();
        private boolean isOver;
        private boolean wasSilent;

        private Watched(Thread thread) {
            this.thread = thread;
        }

        void heard() {
            lastHeard = System.nanoTime();
        }

        /** Whether this watch interrupted its thread; takes the interrupt back. To be asked once, at the end. */
        synchronized boolean endedBySilence() {
            isOver = true;
            if (wasSilent) {
                Thread.interrupted();
            }
            return wasSilent;
        }

        @Override
        public void close() {
            all.remove(this);
            endedBySilence();
        }

        private synchronized void check(long now) {
            if (!isOver && !wasSilent && now - lastHeard > limitNanos) {
                wasSilent = true;
                thread.interrupt();
            }
        }
    }
}
