package io.barista.engine.cuda;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies weights to the device: threads read mapped files into pinned buffers, converting where the types differ, while the device
 * fetches the buffers that are full. Confined to the thread that opened the device; its threads touch host memory only.
 */
final class Uploader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Uploader.class);

    /** More than threads, so that none waits for the device to fetch. */
    private static final int BUFFERS = 24;

    /** Large enough for full speed, and small, for memory takes its time to be pinned. */
    private static final int BUFFER_BYTES = 4 << 20;
    private static final int MOST_THREADS = 16;

    /** Less is not worth a line. */
    private static final long LEAST_TOLD = 1L << 30;

    private final Stream stream;
    private final ExecutorService readers = Executors.newFixedThreadPool(
            Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_THREADS),
            Thread.ofPlatform().daemon().name("weights-", 0).factory());
    private final List<Part> parts = new ArrayList<>(); // a ring, once it has grown to BUFFERS
    private int next;
    private int oldest; // that is being read

    private final long started = System.nanoTime();
    private long copied;

    /** What fits into a buffer, on its way: read by a thread, then fetched by the device. */
    private static final class Part {

        private final PinnedBuffer buffer = new PinnedBuffer(BUFFER_BYTES);
        private final CUevent_st fetched = Driver.createEvent(false);
        private @Nullable Future<?> reading;
        private long target;
        private long bytes;
    }

    Uploader(Stream stream) {
        this.stream = stream;
    }

    /** Starts to copy a whole tensor to the device as elements of that type; its memory must stay as it is until {@link #settle}. */
    void copy(HostTensor tensor, DType to, long target) {
        long chunk = BUFFER_BYTES / to.bytes();
        for (long first = 0; first < tensor.elements(); first += chunk) {
            long from = first;
            long count = Math.min(chunk, tensor.elements() - first);
            Part part = freePart();
            part.target = target + first * to.bytes();
            part.bytes = count * to.bytes();
            part.reading = readers.submit(() -> Elements.copy(tensor.dtype(), tensor.data(), from, to,
                    part.buffer.segment(), 0, count));
            next = (next + 1) % BUFFERS;
            sendWhatWasRead();
        }
    }

    /** The next of the ring, once the device has fetched what it held. Small models and tests need few. */
    private Part freePart() {
        if (next == parts.size()) {
            parts.add(new Part());
        }
        Part part = parts.get(next);
        if (part.reading != null) {
            sendOldest();
        }
        Driver.await(part.fetched);
        return part;
    }

    private void sendWhatWasRead() {
        while (isReading(oldest) && Objects.requireNonNull(parts.get(oldest).reading).isDone()) {
            sendOldest();
        }
    }

    private boolean isReading(int index) {
        return index < parts.size() && parts.get(index).reading != null;
    }

    private void sendOldest() {
        Part part = parts.get(oldest);
        awaitRead(Objects.requireNonNull(part.reading));
        part.reading = null;
        Driver.copyToDevice(part.target, part.buffer.pointer(), part.bytes, stream.handle());
        Driver.record(part.fetched, stream.handle());
        copied += part.bytes;
        oldest = (oldest + 1) % BUFFERS;
    }

    private static void awaitRead(Future<?> reading) {
        try {
            reading.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while loading weights", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("weights cannot be read", e.getCause());
        }
    }

    /** Returns when everything was read, so that its memory may go. */
    void settle() {
        while (isReading(oldest)) {
            sendOldest();
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
            parts.forEach(part -> part.buffer.close());
            parts.forEach(part -> Driver.destroy(part.fetched));
        }
    }
}
