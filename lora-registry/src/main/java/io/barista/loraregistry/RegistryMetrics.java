package io.barista.loraregistry;

import io.barista.sources.DownloadListener;
import io.barista.sources.SourceException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** What the registry counts. */
@Component
final class RegistryMetrics implements DownloadListener {

    private static final Logger log = LoggerFactory.getLogger(RegistryMetrics.class);
    private static final String PREFIX = "barista.lora.registry.";

    private final MeterRegistry registry;
    private final Counter hits;
    private final Counter misses;
    private final Counter evictions;
    private final Counter failures;
    private final Counter retries;
    private final Counter downloaded;
    private final Timer seconds;

    RegistryMetrics(MeterRegistry registry) {
        this.registry = registry;
        hits = registry.counter(PREFIX + "hits");
        misses = registry.counter(PREFIX + "misses");
        evictions = registry.counter(PREFIX + "evictions");
        failures = registry.counter(PREFIX + "download.failures");
        retries = registry.counter(PREFIX + "download.retries");
        downloaded = Counter.builder(PREFIX + "download").baseUnit("bytes").register(registry);
        seconds = registry.timer(PREFIX + "download.time");
    }

    void bind(AdapterStore store) {
        Gauge.builder(PREFIX + "disk", store, AdapterStore::bytes).baseUnit("bytes").register(registry);
        Gauge.builder(PREFIX + "adapters", store, AdapterStore::count).register(registry);
    }

    void asked(boolean isHit) {
        (isHit ? hits : misses).increment();
    }

    void evicted() {
        evictions.increment();
    }

    @Override
    public void received(String source, long bytes) {
        downloaded.increment(bytes);
    }

    @Override
    public void retrying(String source, String reason, Duration wait) {
        retries.increment();
        log.warn("{}, trying again in {} s", reason, wait.toMillis() / 1000.0);
    }

    @Override
    public void finished(String source, long bytes, Duration took) {
        seconds.record(took);
    }

    @Override
    public void failed(String source, SourceException reason) {
        failures.increment();
        log.warn("{}: {}", source, reason.getMessage());
    }
}
