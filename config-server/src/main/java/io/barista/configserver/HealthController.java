package io.barista.configserver;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /health}, which every service of Barista has: 200 without a body. */
@RestController
final class HealthController {

    @GetMapping("/health")
    void health() {}
}
