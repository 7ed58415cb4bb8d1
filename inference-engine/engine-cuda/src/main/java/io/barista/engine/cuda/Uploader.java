package io.barista.engine.cuda;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies weights to the device: threads read mapped files into pinned buffers, converting where the types differ, and send each off while
 * they fill the next. Confined to the thread that opened the device, but for the threads themselves.
 */
final class Uploader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Uploader.class);

    /** Large enough for full speed, and small, for memory takes its time to be pinned. */
    private static final int BUFFER_BYTES = 2 << 20;

    /** Eight keep the device's copies busy, six nearly; more would get in each other's way. */
    private static final int MOST_THREADS = 8;
    private static final int BUFFERS_PER_THREAD = 2;

    /** Less is not worth a line. */
    private static final long LEAST_TOLD = 1L << 30;

    private final Device device;
    private final Stream stream;
    private final ExecutorService readers;
    private final LinkedBlockingQueue<Staging> buffers = new LinkedBlockingQueue<>(); // first what was sent first
    private final Queue<Future<?>> pending = new ArrayDeque<>();
    private final int mostBuffers;
    private int madeBuffers;

    private final long started = System.nanoTime();
    private long copied;

    Uploader(Device device, Stream stream) {
        this.device = device;
        this.stream = stream;
        int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_THREADS);
        this.readers = Executors.newFixedThreadPool(threads,
                Thread.ofPlatform().daemon().name("weights-", 0).factory());
        this.mostBuffers = threads * BUFFERS_PER_THREAD;
    }

    /** Starts to copy a whole tensor to the device as elements of that type; its memory must stay as it is until {@link #settle}. */
    void copy(HostTensor tensor, DType to, long target) {
        long chunk = BUFFER_BYTES / to.bytes();
        for (long first = 0; first < tensor.elements(); first += chunk) {
            long from = first;
            long count = Math.min(chunk, tensor.elements() - first);
            if (madeBuffers < mostBuffers) { // small models and tests need few
                buffers.add(new Staging(BUFFER_BYTES));
                madeBuffers++;
            }
            pending.add(readers.submit(() -> send(tensor, from, count, to, target + from * to.bytes())));
            copied += count * to.bytes();
        }
        while (!pending.isEmpty() && pending.peek().isDone()) {
            settle(pending.remove());
        }
    }

    private Void send(HostTensor tensor, long first, long count, DType to, long target) throws InterruptedException {
        device.attachThread();
        Staging buffer = buffers.take();
        try {
            buffer.await();
            Elements.copy(tensor.dtype(), tensor.data(), first, to, buffer.memory(), 0, count);
            buffer.copyTo(target, count * to.bytes(), stream);
        } finally {
            buffers.add(buffer);
        }
        return null;
    }

    private static void settle(Future<?> sent) {
        try {
            sent.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while loading weights", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DeviceFailure failure) {
                throw failure;
            }
            throw new IllegalStateException("weights cannot be read", e.getCause());
        }
    }

    /** Returns when everything was read, so that its memory may go. */
    void settle() {
        while (!pending.isEmpty()) {
            settle(pending.remove());
        }
    }

    /** Returns when everything is on the device. */
    @Override
    public void close() {
        try {
            settle();
            stream.await();
            if (copied > LEAST_TOLD) {
                double seconds = (System.nanoTime() - started) / 1e9;
                LOG.info("weights: {} MiB on the device after {} ms, {} GB/s", copied >> 20, (long) (seconds * 1e3),
                        "%.1f".formatted(copied / seconds / 1e9));
            }
        } finally {
            readers.shutdownNow();
            readers.close(); // buffers may go when nobody fills them
            try {
                stream.await(); // nor the device fetches them
            } finally {
                buffers.forEach(Staging::close);
            }
        }
    }
}
