package io.barista.gateway.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The meters of all requests. Model labels are ids from the configuration only, so their number is bounded. */
public final class Traffic {

    private static final Logger log = LoggerFactory.getLogger("io.barista.gateway.requests");

    /** The buckets that OpenTelemetry's conventions for generative AI ask for. */
    private static final Duration[] DURATIONS = {Duration.ofMillis(10), Duration.ofMillis(20), Duration.ofMillis(40),
        Duration.ofMillis(80), Duration.ofMillis(160), Duration.ofMillis(320), Duration.ofMillis(640),
        Duration.ofMillis(1280), Duration.ofMillis(2560), Duration.ofMillis(5120), Duration.ofMillis(10240),
        Duration.ofMillis(20480), Duration.ofMillis(40960), Duration.ofMillis(81920)};
    private static final Duration[] FIRST_TOKENS = {Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(10),
        Duration.ofMillis(20), Duration.ofMillis(40), Duration.ofMillis(60), Duration.ofMillis(80),
        Duration.ofMillis(100), Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofMillis(750),
        Duration.ofSeconds(1), Duration.ofMillis(2500), Duration.ofSeconds(5), Duration.ofMillis(7500),
        Duration.ofSeconds(10)};

    private final MeterRegistry meters;
    private final Map<String, AtomicInteger> running = new ConcurrentHashMap<>();

    public Traffic(MeterRegistry meters) {
        this.meters = meters;
    }

    long now() {
        return System.nanoTime();
    }

    void began(String model) {
        running.computeIfAbsent(model, this::gauge).incrementAndGet();
    }

    private AtomicInteger gauge(String model) {
        AtomicInteger count = new AtomicInteger();
        Gauge.builder("barista.gateway.requests.running", count, AtomicInteger::get)
                .description("Requests that are being answered").tag("model", model).register(meters);
        return count;
    }

    void ended(RequestRecord request) {
        String model = request.model();
        if (model != null) {
            running.computeIfAbsent(model, this::gauge).decrementAndGet();
        }
        Duration duration = Duration.ofNanos(now() - request.startedNanos());
        meters.counter("barista.gateway.requests.ended", "model", label(model), "reason", request.reason().label())
                .increment();
        Tags tags = Tags.of("gen_ai.operation.name", request.endpoint().operation(), "gen_ai.provider.name", "barista",
                "gen_ai.request.model", label(model));
        Timer.builder("gen_ai.server.request.duration").description("From the request to the last byte of its answer")
                .tags(tags.and("error.type",
                        request.reason() == EndReason.COMPLETED ? "none" : request.reason().label()))
                .serviceLevelObjectives(DURATIONS).register(meters).record(duration);
        Duration first = request.timeToFirstToken();
        if (first != null) {
            Timer.builder("gen_ai.server.time_to_first_token").description("From the request to its first event")
                    .tags(tags).serviceLevelObjectives(FIRST_TOKENS).register(meters).record(first);
        }
        log.info("request={} endpoint={} model={} replica={} attempts={} status={} ttft_ms={} duration_ms={} end={}",
                request.id(), request.endpoint().path(), label(model), label(request.replica()), request.attempts(),
                request.status(), first == null ? "-" : first.toMillis(), duration.toMillis(),
                request.reason().label());
    }

    private static String label(@Nullable String value) {
        return value == null ? "unknown" : value;
    }
}
