package io.barista.modelservice.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import org.jspecify.annotations.Nullable;

/** Prometheus' conventions, but what begins with {@code vllm:} is as vLLM has it: even a histogram that ends in {@code _total}. */
public final class VllmNames extends PrometheusNamingConvention {

    @Override
    public String name(String name, Meter.Type type, @Nullable String baseUnit) {
        return name.startsWith("vllm:") && type != Meter.Type.COUNTER ? name : super.name(name, type, baseUnit);
    }
}
