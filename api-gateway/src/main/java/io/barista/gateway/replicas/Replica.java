package io.barista.gateway.replicas;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.cloud.client.ServiceInstance;

/** One model-service instance, with what the gateway knows of its load and its health. */
public final class Replica {

    private final ServiceInstance instance;
    private final CircuitBreaker breaker;
    private final String tag;
    private final AtomicInteger outstanding = new AtomicInteger();

    Replica(ServiceInstance instance, CircuitBreaker breaker) {
        this.instance = instance;
        this.breaker = breaker;
        this.tag = tag(instance.getUri());
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

    /**
     * How ids of what the replica keeps name it. Made of its address alone, so that every gateway gives the same one, before and
     * after a restart.
     */
    public String tag() {
        return tag;
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

    private static String tag(URI uri) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(uri.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
