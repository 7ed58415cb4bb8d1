package io.barista.gateway.health;

import io.barista.gateway.replicas.ReplicaDirectory;
import java.util.Map;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** {@code GET /health} as vLLM has it (an empty 200 or 503), {@code GET /load} and {@code GET /version}. */
public final class HealthRoutes {

    private final ApplicationAvailability availability;
    private final ReplicaDirectory replicas;
    private final String version;

    HealthRoutes(ApplicationAvailability availability, ReplicaDirectory replicas, String version) {
        this.availability = availability;
        this.replicas = replicas;
        this.version = version;
    }

    public Mono<ServerResponse> health(ServerRequest request) {
        boolean ready = availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC;
        return ServerResponse.status(ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE).build();
    }

    /** How many requests are under way on the replicas. */
    public Mono<ServerResponse> load(ServerRequest request) {
        return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON)
                .bodyValue(Map.of("server_load", replicas.outstanding()));
    }

    public Mono<ServerResponse> version(ServerRequest request) {
        return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(Map.of("version", version));
    }
}
