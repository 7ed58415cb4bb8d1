package io.barista.sources;

import java.time.Duration;

/** Told how downloads go, for progress bars and metrics. Called from several threads; must not block. */
public interface DownloadListener {

    DownloadListener NONE = new DownloadListener() {};

    /**
     * @param source  its address
     * @param files   to fetch
     * @param bytes   of them all
     * @param present bytes of these that an earlier, interrupted download left
     */
    default void started(String source, int files, long bytes, long present) {}

    default void received(String source, long bytes) {}

    /** A request failed and is tried again. */
    default void retrying(String source, String reason, Duration wait) {}

    /** All files are there and verified. */
    default void finished(String source, long bytes, Duration took) {}

    default void failed(String source, SourceException reason) {}

    /** The source does not answer; what was fetched from it last is used. */
    default void usingLastKnown(String source, SourceException reason) {}
}
