package io.barista.modelservice.metrics;

import io.barista.engine.lora.AdapterCache;
import io.barista.engine.lora.AdapterCounters;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.ToDoubleFunction;

/** What adapters cost: loads into the host's memory and into the device's slots, and evictions. */
final class AdapterMetrics {

    private static final double NANOS = 1e9;

    private final PrometheusMeterRegistry registry;
    private final Tags tags;

    AdapterMetrics(PrometheusMeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
    }

    /** @param slots adapters that can run at the same time */
    void bind(AdapterCache cache, int slots) {
        AdapterCounters counters = cache.counters();
        counter("lora_loads", counters, AdapterCounters::loads);
        counter("lora_load_seconds", counters, each -> each.loadNanos() / NANOS);
        counter("lora_load_failures", counters, AdapterCounters::failures);
        counter("lora_host_evictions", counters, AdapterCounters::hostEvictions);
        counter("lora_slot_fills", counters, AdapterCounters::slotFills);
        counter("lora_slot_fill_seconds", counters, each -> each.slotFillNanos() / NANOS);
        counter("lora_slot_evictions", counters, AdapterCounters::slotEvictions);
        Gauge.builder("barista_lora_host_adapters", cache, each -> each.resident().size()).tags(tags)
                .register(registry);
        registry.getPrometheusRegistry().register(new LoraRequestsInfo(counters, slots));
    }

    private void counter(String name, AdapterCounters counters, ToDoubleFunction<AdapterCounters> value) {
        FunctionCounter.builder("barista_" + name, counters, value).tags(tags).register(registry);
    }
}
