package io.barista.gateway.replicas;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;

/**
 * The replicas of one model, and the choice among them: fewest outstanding requests first, ties take turns; for an adapter first
 * those that it is at home on.
 */
public final class ReplicaPool {

    private final String model;
    private final BreakerFactory breakers;
    private final Affinity affinity;
    private Map<URI, Replica> replicas = Map.of();
    private int turn;

    ReplicaPool(String model, BreakerFactory breakers, Affinity affinity) {
        this.model = model;
        this.breakers = breakers;
        this.affinity = affinity;
    }

    public String model() {
        return model;
    }

    /** Takes over what discovery found; replicas already known keep their counts and breakers. Tells of a change. */
    synchronized boolean update(Collection<ServiceInstance> instances) {
        Map<URI, Replica> found = new LinkedHashMap<>();
        for (ServiceInstance instance : instances) {
            Replica known = replicas.get(instance.getUri());
            found.put(instance.getUri(), known != null ? known : new Replica(instance, breakers.breaker(instance)));
        }
        boolean changed = !found.keySet().equals(replicas.keySet());
        replicas = found;
        return changed;
    }

    /**
     * A lease on the best replica that was not tried yet and that its breaker lets through; empty when there is none.
     *
     * @param adapter that is asked for; null for the base model
     */
    public synchronized Optional<Lease> acquire(@Nullable String adapter, Collection<Replica> tried) {
        for (Replica replica : adapter == null ? byLoad() : affinity.order(adapter, byLoad())) {
            if (!tried.contains(replica) && replica.breaker().tryAcquirePermission()) {
                boolean probe = replica.breaker().getState() == CircuitBreaker.State.HALF_OPEN;
                return Optional.of(new Lease(replica, probe));
            }
        }
        return Optional.empty();
    }

    /** Requests on all replicas that have not ended. */
    synchronized int outstanding() {
        return replicas.values().stream().mapToInt(Replica::outstanding).sum();
    }

    /** All replicas, least loaded first. */
    public synchronized List<Replica> byLoad() {
        List<Replica> ordered = new ArrayList<>(replicas.values());
        if (!ordered.isEmpty()) {
            Collections.rotate(ordered, -(turn++ % ordered.size()));
        }
        ordered.sort(Comparator.comparingInt(Replica::outstanding));
        return ordered;
    }
}
