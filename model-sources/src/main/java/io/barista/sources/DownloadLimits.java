package io.barista.sources;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How hard to try.
 *
 * @param connections at the same time, at least 1
 * @param partBytes   fetched by one request at most
 * @param tries       of each request, at least 1
 * @param total       for everything from the listing to the last verified byte; null waits without limit
 * @param silence     without a byte after which a connection counts as broken
 * @param firstWait   before the second try; doubled for each further one, and drawn between half and all of that
 */
public record DownloadLimits(int connections, long partBytes, int tries, @Nullable Duration total, Duration silence,
        Duration firstWait) {

    public DownloadLimits {
        if (connections < 1 || partBytes < 1 || tries < 1) {
            throw new IllegalArgumentException("expected at least 1 connection, 1 byte and 1 try, got %d, %d and %d"
                    .formatted(connections, partBytes, tries));
        }
    }

    /** For weights: gigabytes, without an overall limit. */
    public static DownloadLimits forModels() {
        return new DownloadLimits(16, 16L << 20, 6, null, Duration.ofSeconds(30), Duration.ofSeconds(1));
    }

    public DownloadLimits withTries(int number) {
        return new DownloadLimits(connections, partBytes, number, total, silence, firstWait);
    }

    public DownloadLimits withTotal(@Nullable Duration limit) {
        return new DownloadLimits(connections, partBytes, tries, limit, silence, firstWait);
    }
}
