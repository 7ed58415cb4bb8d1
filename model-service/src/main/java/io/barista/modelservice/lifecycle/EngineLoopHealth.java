package io.barista.modelservice.lifecycle;

import io.barista.modelservice.engine.HostedModel;
import io.barista.modelservice.engine.ModelHost;
import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Liveness: the engine's loop moves. While the model is loaded there is no loop yet, which is no reason to restart. */
@Component("engineLoop")
final class EngineLoopHealth implements HealthIndicator {

    /** Longer than the longest step: a full budget of prompt tokens of a large model on a slow machine. */
    private static final Duration STUCK = Duration.ofMinutes(2);

    private final ModelHost host;

    EngineLoopHealth(ModelHost host) {
        this.host = host;
    }

    @Override
    public Health health() {
        return host.ready().map(EngineLoopHealth::of).orElseGet(() -> Health.up().build());
    }

    private static Health of(HostedModel model) {
        Duration still = model.engine().sinceHeartbeat();
        Health.Builder health = model.engine().isAlive() && still.compareTo(STUCK) < 0 ? Health.up() : Health.down();
        return health.withDetail("secondsSinceHeartbeat", still.toSeconds()).build();
    }
}
