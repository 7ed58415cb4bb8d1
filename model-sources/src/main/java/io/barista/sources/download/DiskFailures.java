package io.barista.sources.download;

import io.barista.sources.SourceException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;

/** The disk's failures; a full one is told from a broken one by its message, since Java has no type for it. */
public final class DiskFailures {

    private DiskFailures() {}

    public static SourceException of(String source, IOException failure) {
        return isFull(failure)
                ? new SourceException(SourceException.Kind.DISK_FULL,
                        "%s: the cache's disk is full; make room or move the cache (BARISTA_CACHE)".formatted(source),
                        failure)
                : new SourceException(SourceException.Kind.DISK, "%s: %s".formatted(source, failure), failure);
    }

    /**
     * Work that has to do with the disk alone, so that its failure is not taken for the connection's.
     *
     * @throws SourceException DISK or DISK_FULL
     * @throws ClosedChannelException when it was stopped
     */
    public static <T> T told(String source, TimeLimit.Work<T> work) throws IOException, InterruptedException {
        try {
            return work.run();
        } catch (ClosedChannelException | InterruptedIOException stopped) {
            throw stopped;
        } catch (IOException disk) {
            throw of(source, disk);
        }
    }

    /** What is to come does not fit; said before the first byte is fetched. */
    public static SourceException tooSmall(String source, long needed, long free) {
        return new SourceException(SourceException.Kind.DISK_FULL,
                "%s needs %d MB more and the cache's disk has %d MB left; make room or move the cache (BARISTA_CACHE)"
                        .formatted(source, needed >> 20, free >> 20));
    }

    static boolean isFull(IOException failure) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("no space left") || message.contains("quota exceeded")
                || message.contains("not enough space");
    }
}
