package io.barista.modelservice.lifecycle;

import io.barista.engine.LlmEngine;
import io.barista.modelservice.engine.ModelHost;
import io.barista.modelservice.engine.ServedModel;
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
        return host.ready().map(ServedModel::engine).map(EngineLoopHealth::of).orElseGet(() -> Health.up().build());
    }

    private static Health of(LlmEngine engine) {
        Duration still = engine.sinceHeartbeat();
        Health.Builder health = engine.isAlive() && still.compareTo(STUCK) < 0 ? Health.up() : Health.down();
        return health.withDetail("secondsSinceHeartbeat", still.toSeconds()).build();
    }
}
