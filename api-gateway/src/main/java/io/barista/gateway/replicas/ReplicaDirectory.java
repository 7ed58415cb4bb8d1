package io.barista.gateway.replicas;

import io.barista.gateway.models.ServedModel;
import io.barista.gateway.settings.GatewaySettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The pools of all models, kept up to date from service discovery. Requests never wait for discovery: they see what it
 * said last, and when it fails, that stays.
 */
public final class ReplicaDirectory implements DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(ReplicaDirectory.class);

    private final ReactiveDiscoveryClient discovery;
    private final BreakerFactory breakers;
    private final ReplicaMeters meters;
    private final Duration refresh;
    private final Affinity affinity;
    private final Map<String, ReplicaPool> pools = new ConcurrentHashMap<>();
    private final Disposable.Composite watches = Disposables.composite();

    ReplicaDirectory(ReactiveDiscoveryClient discovery, BreakerFactory breakers, ReplicaMeters meters,
            GatewaySettings.Replicas settings) {
        this.discovery = discovery;
        this.breakers = breakers;
        this.meters = meters;
        this.refresh = settings.refresh();
        this.affinity = new Affinity(settings.affinity());
    }

    /** Opens a pool for each model; completes when discovery has been asked once for all of them. */
    public Mono<Void> open(List<ServedModel> models) {
        return Flux.fromIterable(models).flatMap(this::open).then();
    }

    private Mono<Void> open(ServedModel model) {
        ReplicaPool pool = new ReplicaPool(model.id(), breakers, affinity);
        pools.put(model.id(), pool);
        Mono<Void> once = refresh(pool, model.serviceId());
        return once.doFinally(_ -> watches
                .add(Flux.interval(refresh).onBackpressureDrop().concatMap(_ -> once, 1).subscribe()));
    }

    private Mono<Void> refresh(ReplicaPool pool, String serviceId) {
        return Flux.defer(() -> discovery.getInstances(serviceId)).collectList().doOnNext(found -> take(pool, found))
                .doOnError(e -> log.warn("model {}: discovery failed, its replicas stay as they were", pool.model(), e))
                .onErrorComplete().then();
    }

    private void take(ReplicaPool pool, List<ServiceInstance> found) {
        if (pool.update(found)) {
            log.info("model {}: replicas {}", pool.model(), pool.byLoad().stream().map(Replica::name).toList());
            meters.show(pool);
        }
    }

    /** The pool of a model that was opened. */
    public ReplicaPool pool(String modelId) {
        ReplicaPool pool = pools.get(modelId);
        if (pool == null) {
            throw new IllegalArgumentException("no pool was opened for model " + modelId);
        }
        return pool;
    }

    /** The replica of that tag, of whichever model. */
    public Optional<Replica> tagged(String tag) {
        return pools.values().stream().flatMap(pool -> pool.byLoad().stream())
                .filter(replica -> replica.tag().equals(tag)).findFirst();
    }

    /** Requests that have not ended, on all replicas of all models. */
    public int outstanding() {
        return pools.values().stream().mapToInt(ReplicaPool::outstanding).sum();
    }

    @Override
    public void destroy() {
        watches.dispose();
    }
}
