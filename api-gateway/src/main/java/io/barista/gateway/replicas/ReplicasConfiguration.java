package io.barista.gateway.replicas;

import io.barista.gateway.settings.GatewaySettings;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class ReplicasConfiguration {

    @Bean
    ReplicaDirectory replicaDirectory(ReactiveDiscoveryClient discovery, GatewaySettings settings,
            MeterRegistry meters) {
        return new ReplicaDirectory(discovery, new BreakerFactory(settings.replicas().breaker()),
                new ReplicaMeters(meters), settings.replicas());
    }
}
