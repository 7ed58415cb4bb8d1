package io.barista.engine.model;

import java.util.Locale;
import java.util.function.Consumer;

/** A bar for the log that grows while weights are loaded: a line for each tenth, but not more than one a second. */
final class LoadingProgress {

    private static final int WIDTH = 20;
    private static final int TENTHS = 10;
    private static final long LEAST_NANOS = 1_000_000_000L;

    private final long totalBytes;
    private final Consumer<String> log;
    private final long started;
    private long loaded;
    private int tenthsTold;
    private long told;

    /** @param now on {@link System#nanoTime}'s scale */
    LoadingProgress(long totalBytes, Consumer<String> log, long now) {
        this.totalBytes = totalBytes;
        this.log = log;
        this.started = now;
        this.told = now;
    }

    /** So many bytes more were taken by the backend. */
    void advance(long bytes, long now) {
        loaded += bytes;
        int tenths = (int) Math.min(TENTHS, loaded * TENTHS / Math.max(1, totalBytes));
        if (tenths > tenthsTold && now - told >= LEAST_NANOS) {
            tenthsTold = tenths;
            told = now;
            log.accept(line(now));
        }
    }

    /** Everything is where it belongs. */
    void finish(long now) {
        if (now - started >= LEAST_NANOS) {
            log.accept(line(now));
        }
    }

    private String line(long now) {
        double part = Math.min(1, loaded / (double) Math.max(1, totalBytes));
        int full = (int) (part * WIDTH);
        double seconds = (now - started) / 1e9;
        return String.format(Locale.ROOT, "loading weights [%s%s] %3.0f %%, %.1f of %.1f GB in %.1f s, %.1f GB/s",
                "#".repeat(full), ".".repeat(WIDTH - full), 100 * part, loaded / 1e9, totalBytes / 1e9, seconds,
                loaded / 1e9 / seconds);
    }
}
