package io.barista.engine.cuda;

/** Reads results back through a pinned buffer. */
final class HostReader implements AutoCloseable {

    private static final int BYTES = 4 << 20;

    private final Stream stream;
    private final PinnedBuffer buffer = new PinnedBuffer(BYTES);

    HostReader(Stream stream) {
        this.stream = stream;
    }

    /** Waits for the device; {@code target[0..count)} are then the elements from {@code offset} on. */
    void read(CudaBuffer source, long offset, float[] target, int count) {
        CudaChecks.requireRange(source, offset, count, target.length);
        int width = source.dtype().bytes();
        int chunk = BYTES / width;
        for (int done = 0; done < count; done += chunk) {
            int now = Math.min(chunk, count - done);
            Driver.copyToHost(buffer.pointer(), source.address() + (offset + done) * width, (long) now * width,
                    stream.handle());
            stream.await();
            Elements.widen(source.dtype(), buffer.segment(), target, done, now);
        }
        if (count == 0) {
            stream.await();
        }
    }

    @Override
    public void close() {
        buffer.close();
    }
}
