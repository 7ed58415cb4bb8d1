package io.barista.engine.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed set of threads that share out the indices of one task at a time. A step has hundreds of operations of some ten
 * microseconds each, so idle workers spin a little before they park, and handing out work allocates nothing and takes no lock.
 * The calling thread is worker 0 and does its share; {@link #run} is called by one thread only.
 */
final class WorkerPool implements AutoCloseable {

    /** Work that is cut into indices, each of which any worker may do. */
    interface Task {

        /** @param worker below {@link #size}; two indices run at the same time only under different workers */
        void run(int worker, int index);
    }

    private static final long SPIN_NANOS = 100_000;
    private static final int SPINS_BEFORE_YIELD = 10_000;

    private final Worker[] workers;
    /**
     * Number of this run in the upper half, indices not yet taken in the lower. Taking one is a compare-and-set on the whole, so
     * that a worker that comes late cannot take from the next run with what it has read of this one.
     */
    private final AtomicLong tickets = new AtomicLong();
    private final AtomicInteger unfinished = new AtomicInteger();
    private @Nullable Task task;
    private int count;
    private volatile @Nullable Throwable failure;
    private volatile boolean closed;

    WorkerPool(int threads) {
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i + 1);
            workers[i].start();
        }
    }

    /** Threads that work, the caller's included. */
    int size() {
        return workers.length + 1;
    }

    /** Runs the task for 0 to {@code count} - 1 and returns when all are done; the first failure is thrown here. */
    void run(Task task, int count) {
        if (count <= 1 || workers.length == 0) {
            for (int index = 0; index < count; index++) {
                task.run(0, index);
            }
            return;
        }

        this.task = task;
        this.count = count;
        unfinished.setPlain(count);
        tickets.set((tickets.getPlain() >>> 32) + 1 << 32 | count);
        for (Worker worker : workers) {
            worker.wake();
        }
        work(0);
        awaitFinished();
        throwFailure();
    }

    private void work(int worker) {
        long seen = tickets.get();
        while ((int) seen > 0) {
            Task current = task;
            int index = count - (int) seen;
            if (current != null && tickets.compareAndSet(seen, seen - 1)) {
                runOne(current, worker, index);
            }
            seen = tickets.get();
        }
    }

    private void runOne(Task current, int worker, int index) {
        try {
            current.run(worker, index);
        } catch (Throwable thrown) { // carried to the caller: a worker must not die of it
            failure = thrown;
        } finally {
            unfinished.decrementAndGet();
        }
    }

    private void awaitFinished() {
        for (int spins = 0; unfinished.get() > 0; spins++) {
            if (spins < SPINS_BEFORE_YIELD) {
                Thread.onSpinWait();
            } else {
                Thread.yield(); // the worker we wait for may need this very processor
            }
        }
    }

    private void throwFailure() {
        Throwable thrown = failure;
        if (thrown == null) {
            return;
        }
        failure = null;
        switch (thrown) {
            case RuntimeException exception -> throw exception;
            case Error error -> throw error;
            default -> throw new IllegalStateException(thrown);
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Worker worker : workers) {
            LockSupport.unpark(worker);
        }
    }

    private final class Worker extends Thread {

        private final int number;
        private volatile boolean parked;

        Worker(int number) {
            super("cpu-worker-" + number);
            this.number = number;
            setDaemon(true);
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            long idleSince = System.nanoTime();
            while (!closed) {
                if ((int) tickets.get() > 0) {
                    work(number);
                    idleSince = System.nanoTime();
                } else if (System.nanoTime() - idleSince < SPIN_NANOS) {
                    Thread.onSpinWait();
                } else {
                    parkUntilWork();
                    idleSince = System.nanoTime();
                }
            }
        }

        private void parkUntilWork() {
            parked = true; // before the last look, so that run() either is seen here or sees this
            if ((int) tickets.get() == 0 && !closed) {
                LockSupport.park(WorkerPool.this);
            }
            parked = false;
        }
    }
}
