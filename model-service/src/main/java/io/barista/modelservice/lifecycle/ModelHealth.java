package io.barista.modelservice.lifecycle;

import io.barista.modelservice.engine.ModelHost;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Readiness: the model is loaded and its engine runs. */
@Component("model")
final class ModelHealth implements HealthIndicator {

    private final ModelHost host;

    ModelHealth(ModelHost host) {
        this.host = host;
    }

    @Override
    public Health health() {
        return host.ready()
                .map(model -> model.engine().isAlive()
                        ? Health.up().withDetail("model", model.name()).build()
                        : Health.down().build())
                .orElseGet(() -> Health.outOfService().withDetail("model", "loading").build());
    }
}
