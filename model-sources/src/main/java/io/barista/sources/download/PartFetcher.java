package io.barista.sources.download;

import io.barista.sources.Checksum;
import io.barista.sources.DownloadListener;
import io.barista.sources.FileSource;
import io.barista.sources.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Fetches single parts; a part that broke off goes on where it broke off. */
final class PartFetcher {

    private static final int BUFFER_BYTES = 128 << 10;

    private final FileSource source;
    private final Retries retries;
    private final DownloadListener listener;
    private final SilenceWatch watch;

    PartFetcher(FileSource source, Retries retries, DownloadListener listener, SilenceWatch watch) {
        this.source = source;
        this.retries = retries;
        this.listener = listener;
        this.watch = watch;
    }

    /** Fetches the part, and verifies its file when that is whole now. Returns true. */
    boolean fetch(TargetFile.Part part) throws IOException, InterruptedException {
        Progress progress = new Progress(part);
        retries.call(progress::goOn);
        boolean isWhole = DiskFailures.told(source.name(), () -> part.file().complete(part));
        return !isWhole || verify(part.file());
    }

    /** @throws SourceException CORRUPT */
    boolean verify(TargetFile file) throws IOException, InterruptedException {
        Optional<Checksum> expected = retries.call(() -> source.checksum(file.remote()));
        if (expected.isPresent()) {
            file.verify(source.name(), expected.get());
        }
        return true;
    }

    /** How far one part has come. Confined to its worker. */
    private final class Progress {

        private final TargetFile.Part part;
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        private long received;

        private Progress(TargetFile.Part part) {
            this.part = part;
        }

        private boolean goOn() throws IOException, InterruptedException {
            try (SilenceWatch.Watched connection = watch.watch()) {
                try {
                    read(connection);
                } catch (IOException | SourceException | InterruptedException e) {
                    if (connection.endedBySilence()) {
                        throw new SourceException(SourceException.Kind.UNREACHABLE,
                                source.name() + ": the connection fell silent", e);
                    }
                    throw e;
                }
            }
            return true;
        }

        private void read(SilenceWatch.Watched connection) throws IOException, InterruptedException {
            long wanted = part.length() - received;
            if (wanted == 0) {
                return;
            }
            try (InputStream body = source.open(part.file().remote(), part.offset() + received, wanted)) {
                while (received < part.length()) {
                    int count = body.read(buffer.array(), 0,
                            (int) Math.min(buffer.capacity(), part.length() - received));
                    if (count < 0) {
                        throw new SourceException(SourceException.Kind.UNREACHABLE, "%s: %s ended after %d of %d bytes"
                                .formatted(source.name(), part.file().remote().path(), part.offset() + received,
                                        part.file().remote().bytes()));
                    }
                    connection.heard();
                    write(count);
                    listener.received(source.name(), count);
                }
            }
        }

        private void write(int count) throws IOException, InterruptedException {
            DiskFailures.told(source.name(), () -> {
                part.file().write(buffer.clear().limit(count), part.offset() + received);
                return true;
            });
            received += count;
        }
    }
}
