package io.barista.modelservice.metrics;

import io.barista.sources.DownloadListener;
import io.barista.sources.SourceException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the download of the model's files goes: a line in the log for each tenth, and counters. Thread-safe. */
public final class DownloadMetrics implements DownloadListener {

    private static final Logger log = LoggerFactory.getLogger(DownloadMetrics.class);

    private final Counter bytes;
    private final Counter retries;
    private final Timer seconds;
    private final AtomicReference<Progress> progress = new AtomicReference<>(new Progress(0, new AtomicLong()));

    /** @param have counts up to {@code total} */
    private record Progress(long total, AtomicLong have) {

        /** From 0 to 10. */
        private long tenths(long bytes) {
            return total == 0 ? 10 : Math.min(10, 10 * bytes / total);
        }
    }

    public DownloadMetrics(MeterRegistry registry) {
        bytes = Counter.builder("barista.model.download").baseUnit("bytes")
                .description("Bytes of the model's files that were fetched").register(registry);
        retries = Counter.builder("barista.model.download.retries")
                .description("Requests for the model's files that were tried again").register(registry);
        seconds = Timer.builder("barista.model.download.time")
                .description("How long the model's files took to fetch and verify").register(registry);
    }

    @Override
    public void started(String source, int files, long total, long present) {
        log.info("downloading {}: {} files, {} MB, {} MB of them are here", source, files, total >> 20, present >> 20);
        progress.set(new Progress(total, new AtomicLong(present)));
    }

    @Override
    public void received(String source, long count) {
        bytes.increment(count);
        Progress current = progress.get();
        long now = current.have().addAndGet(count);
        if (current.tenths(now) != current.tenths(now - count)) {
            log.info("downloading {}: {} %, {} of {} MB", source, 10 * current.tenths(now), now >> 20,
                    current.total() >> 20);
        }
    }

    @Override
    public void retrying(String source, String reason, Duration wait) {
        retries.increment();
        log.warn("{}, trying again in {} s", reason, wait.toMillis() / 1000.0);
    }

    @Override
    public void finished(String source, long total, Duration took) {
        seconds.record(took);
        log.info("downloaded {}: {} MB in {} s, verified", source, total >> 20, took.toMillis() / 1000.0);
    }

    @Override
    public void usingLastKnown(String source, SourceException reason) {
        log.warn("{}; serving what was last fetched from {}", reason.getMessage(), source);
    }
}
