package io.barista.modelservice.metrics;

import io.barista.engine.lora.AdapterCounters;
import io.barista.engine.lora.AdapterDemand;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

/**
 * vLLM's {@code vllm:lora_requests_info}, by which routers such as the Gateway API Inference Extension find the replica that has an adapter:
 * what is asked for stands in the labels, and the value is when that was so. vLLM keeps a series for each state that ever was; here
 * there is one, that of this moment.
 */
final class LoraRequestsInfo implements Collector {

    private static final double MILLIS = 1e3;

    private final AdapterDemand demand;
    private final int slots;

    /** @param slots adapters that can run at the same time */
    LoraRequestsInfo(AdapterCounters counters, int slots) {
        this.demand = counters.demand();
        this.slots = slots;
    }

    @Override
    public MetricSnapshot collect() {
        AdapterDemand.Snapshot now = demand.snapshot();
        return GaugeSnapshot.builder().name("vllm:lora_requests_info").help("Running stats on lora requests.")
                .dataPoint(GaugeDataPointSnapshot.builder()
                        .labels(Labels.of("max_lora", String.valueOf(slots), "running_lora_adapters",
                                String.join(",", now.running()), "waiting_lora_adapters",
                                String.join(",", now.waiting())))
                        .value(System.currentTimeMillis() / MILLIS).build())
                .build();
    }
}
