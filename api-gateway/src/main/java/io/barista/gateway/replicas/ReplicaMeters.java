package io.barista.gateway.replicas;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/** Gauges of each replica's load and of whether it is being used; replicas that are gone vanish from them. */
final class ReplicaMeters {

    private final MultiGauge outstanding;
    private final MultiGauge available;
    private final Map<String, List<Replica>> replicas = new ConcurrentHashMap<>();

    ReplicaMeters(MeterRegistry meters) {
        this.outstanding = MultiGauge.builder("barista.gateway.replica.outstanding")
                .description("Requests on the replica that have not ended").register(meters);
        this.available = MultiGauge.builder("barista.gateway.replica.available")
                .description("1 while the replica's circuit breaker is closed").register(meters);
    }

    synchronized void show(ReplicaPool pool) {
        replicas.put(pool.model(), pool.byLoad());
        outstanding.register(rows(Replica::outstanding), true);
        available.register(rows(replica -> replica.breaker().getState() == CircuitBreaker.State.CLOSED ? 1 : 0), true);
    }

    private List<MultiGauge.Row<?>> rows(ToDoubleFunction<Replica> value) {
        return replicas.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream().<MultiGauge.Row<?>>map(replica -> MultiGauge.Row
                        .of(Tags.of("model", entry.getKey(), "replica", replica.name()), replica, value)))
                .toList();
    }
}
