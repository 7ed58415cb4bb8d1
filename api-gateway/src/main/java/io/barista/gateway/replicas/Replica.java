package io.barista.gateway.replicas;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.cloud.client.ServiceInstance;

/** One model-service instance, with what the gateway knows of its load and its health. */
public final class Replica {

    private final ServiceInstance instance;
    private final CircuitBreaker breaker;
    private final AtomicInteger outstanding = new AtomicInteger();

    Replica(ServiceInstance instance, CircuitBreaker breaker) {
        this.instance = instance;
        this.breaker = breaker;
    }

    public ServiceInstance instance() {
        return instance;
    }

    public URI uri() {
        return instance.getUri();
    }

    /** Host and port: how logs and meters name it. */
    public String name() {
        return instance.getHost() + ":" + instance.getPort();
    }

    /** Requests sent to it by this gateway that have not ended. */
    public int outstanding() {
        return outstanding.get();
    }

    AtomicInteger outstandingCount() {
        return outstanding;
    }

    CircuitBreaker breaker() {
        return breaker;
    }
}
