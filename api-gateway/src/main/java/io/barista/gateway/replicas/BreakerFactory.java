package io.barista.gateway.replicas;

import io.barista.gateway.settings.GatewaySettings;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.ServiceInstance;

/** Makes the circuit breaker of a replica. */
final class BreakerFactory {

    private static final Logger log = LoggerFactory.getLogger(BreakerFactory.class);

    private final CircuitBreakerConfig config;

    BreakerFactory(GatewaySettings.Breaker settings) {
        this.config = CircuitBreakerConfig.custom().slidingWindowSize(settings.window())
                .minimumNumberOfCalls(settings.minimum()).failureRateThreshold(settings.failurePercent())
                .permittedNumberOfCallsInHalfOpenState(settings.probes())
                .waitIntervalFunctionInOpenState(
                        IntervalFunction.ofExponentialBackoff(settings.openFor(), 2, settings.openAtMost()))
                // Long answers are the trade here, not a fault: never let one count as a slow call.
                .slowCallDurationThreshold(Duration.ofDays(365)).build();
    }

    CircuitBreaker breaker(ServiceInstance instance) {
        CircuitBreaker breaker = CircuitBreaker.of(instance.getServiceId() + "@" + instance.getUri(), config);
        breaker.getEventPublisher().onStateTransition(
                event -> log.warn("replica {}: circuit breaker {}", breaker.getName(), event.getStateTransition()));
        return breaker;
    }
}
