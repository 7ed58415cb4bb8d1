package io.barista.gateway.surface;

import io.barista.gateway.health.HealthRoutes;
import io.barista.gateway.listing.ModelRoutes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

@Configuration(proxyBeanMethods = false)
class SurfaceConfiguration {

    @Bean
    RouterFunction<ServerResponse> surfaceRoutes(ModelRoutes models, HealthRoutes health) {
        return SurfaceRoutes.build(models, health);
    }
}
