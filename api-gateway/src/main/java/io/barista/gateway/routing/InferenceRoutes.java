package io.barista.gateway.routing;

import io.barista.gateway.body.BodyFilter;
import io.barista.gateway.metrics.RecordingFilter;
import io.barista.gateway.metrics.Traffic;
import io.barista.gateway.surface.InferenceEndpoint;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.http.HttpMethod;

/** One route for each endpoint; all lead to the replica that {@link FailoverFilter} chooses. */
final class InferenceRoutes {

    /** Stands for the replica, which {@link ReplicaUrlFilter} puts in. */
    private static final String SOME_REPLICA = "http://replica";

    private final BodyFilter body;
    private final ModelFilter model;
    private final FailoverFilter failover;
    private final StoredResponseFilter stored;
    private final Traffic traffic;

    InferenceRoutes(BodyFilter body, ModelFilter model, FailoverFilter failover, StoredResponseFilter stored,
            Traffic traffic) {
        this.body = body;
        this.model = model;
        this.failover = failover;
        this.stored = stored;
        this.traffic = traffic;
    }

    RouteLocator build(RouteLocatorBuilder builder) {
        RouteLocatorBuilder.Builder routes = builder.routes();
        for (InferenceEndpoint endpoint : InferenceEndpoint.values()) {
            RecordingFilter recording = new RecordingFilter(endpoint, traffic);
            routes.route(endpoint.name(),
                    route -> route.path(endpoint.path()).and().method(HttpMethod.POST)
                            .filters(filters -> filters.filter(recording, FailoverFilter.ORDER - 3)
                                    .filter(body, FailoverFilter.ORDER - 2).filter(model, FailoverFilter.ORDER - 1)
                                    .filter(failover, FailoverFilter.ORDER)
                                    .filter(new ReplicaUrlFilter(), ReplicaUrlFilter.ORDER))
                            .uri(SOME_REPLICA));
        }
        routes.route("STORED_RESPONSES",
                route -> route.path(StoredResponseFilter.PATH).and().method(HttpMethod.GET, HttpMethod.DELETE)
                        .filters(filters -> filters.filter(stored, ReplicaUrlFilter.ORDER)).uri(SOME_REPLICA));
        routes.route("CANCELLED_RESPONSES",
                route -> route.path(StoredResponseFilter.PATH + "/cancel").and().method(HttpMethod.POST)
                        .filters(filters -> filters.filter(stored, ReplicaUrlFilter.ORDER)).uri(SOME_REPLICA));
        routes.route("METRICS", route -> route.path("/metrics").and().method(HttpMethod.GET)
                .uri("forward:/actuator/prometheus"));
        return routes.build();
    }
}
