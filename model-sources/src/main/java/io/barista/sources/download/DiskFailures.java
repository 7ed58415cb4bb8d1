package io.barista.sources.download;

import io.barista.sources.SourceException;
import java.io.IOException;
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
