package io.barista.gateway.health;

import io.barista.gateway.replicas.ReplicaDirectory;
import io.barista.gateway.settings.GatewaySettings;
import io.barista.gateway.stream.Curtain;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.info.BuildProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class HealthConfiguration {

    @Bean
    HealthRoutes healthRoutes(ApplicationAvailability availability, ReplicaDirectory replicas, BuildProperties build) {
        return new HealthRoutes(availability, replicas, String.valueOf(build.getVersion()));
    }

    @Bean
    Farewell farewell(Curtain curtain, GatewaySettings settings,
            @Value("${spring.lifecycle.timeout-per-shutdown-phase}") Duration phase) {
        return new Farewell(curtain, phase, settings.answer().shutdownMargin());
    }
}
