package io.barista.loraregistry;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The service itself: {@code GET /health}, which every service of Barista has, and the description of its routes. */
@RestController
final class StatusController {

    @GetMapping("/health")
    void health() {}

    @GetMapping(path = "/openapi.yaml", produces = "application/yaml")
    ResponseEntity<Resource> openApi() {
        return ResponseEntity.ok(new ClassPathResource("openapi.yaml"));
    }

    @Configuration(proxyBeanMethods = false)
    static class Indicators {

        /** Up once every source was listed; one that fails later leaves what it had, so that resident adapters go on. */
        @Bean
        HealthIndicator adapters(Registry registry) {
            return () -> {
                boolean isListed = registry.bases().values().stream()
                        .noneMatch(base -> base.problem() != null && base.adapters().isEmpty());
                Health.Builder health = isListed ? Health.up() : Health.outOfService();
                return health.withDetail("unlisted", registry.problems().keySet()).build();
            };
        }
    }
}
