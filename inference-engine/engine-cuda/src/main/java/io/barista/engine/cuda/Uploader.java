package io.barista.engine.cuda;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies weights to the device: threads read mapped files into pinned buffers, converting where the types differ, while the device
 * fetches the buffers before. Confined to the thread that opened the device; its threads touch host memory only.
 */
final class Uploader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Uploader.class);

    private static final int BUFFERS = 4;
    private static final int BUFFER_BYTES = 32 << 20;
    private static final int MOST_THREADS = 16;
    private static final long REPORT_NANOS = 2_000_000_000L;

    private final Stream stream;
    private final int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_THREADS);
    private final ExecutorService readers = Executors.newFixedThreadPool(threads,
            Thread.ofPlatform().daemon().name("weights-", 0).factory());
    private final List<PinnedBuffer> buffers = new ArrayList<>();
    private final List<CUevent_st> fetched = new ArrayList<>();
    private final List<Future<?>> parts = new ArrayList<>();
    private int next;

    private final long started = System.nanoTime();
    private long reported = started;
    private long copied;

    Uploader(Stream stream) {
        this.stream = stream;
    }

    /** Starts to copy a whole tensor to the device as elements of that type; its memory may go once this returns. */
    void copy(HostTensor tensor, DType to, long target) {
        long chunk = BUFFER_BYTES / to.bytes();
        for (long first = 0; first < tensor.elements(); first += chunk) {
            long count = Math.min(chunk, tensor.elements() - first);
            requireBuffer(next);
            PinnedBuffer buffer = buffers.get(next);
            CUevent_st isFetched = fetched.get(next);
            next = (next + 1) % BUFFERS;
            Driver.await(isFetched);
            fill(buffer, tensor, first, count, to);
            Driver.copyToDevice(target + first * to.bytes(), buffer.pointer(), count * to.bytes(), stream.handle());
            Driver.record(isFetched, stream.handle());
            report(count * to.bytes());
        }
    }

    /** Small models and tests need one only. */
    private void requireBuffer(int index) {
        if (index == buffers.size()) {
            buffers.add(new PinnedBuffer(BUFFER_BYTES));
            fetched.add(Driver.createEvent(false));
        }
    }

    private void fill(PinnedBuffer buffer, HostTensor tensor, long first, long count, DType to) {
        long share = Math.max(Math.ceilDiv(count, threads), 64 << 10);
        for (long start = 0; start < count; start += share) {
            long from = start;
            long length = Math.min(share, count - start);
            parts.add(readers.submit(() -> Elements.copy(tensor.dtype(), tensor.data(), first + from, to,
                    buffer.segment(), from, length)));
        }
        try {
            for (Future<?> part : parts) {
                part.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while loading " + tensor.name(), e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot read " + tensor.name(), e.getCause());
        } finally {
            parts.clear();
        }
    }

    private void report(long bytes) {
        copied += bytes;
        long now = System.nanoTime();
        if (now - reported >= REPORT_NANOS) {
            reported = now;
            LOG.info("weights: {} MiB on the device, {} GB/s", copied >> 20, rate(now));
        }
    }

    private String rate(long now) {
        return "%.1f".formatted((double) copied / (now - started));
    }

    /** Returns when everything is on the device. */
    @Override
    public void close() {
        stream.await();
        if (copied > BUFFER_BYTES) {
            LOG.info("weights: {} MiB on the device after {} ms, {} GB/s", copied >> 20,
                    (System.nanoTime() - started) / 1_000_000, rate(System.nanoTime()));
        }
        readers.shutdown();
        buffers.forEach(PinnedBuffer::close);
        fetched.forEach(Driver::destroy);
    }
}
