package io.barista.gateway.replicas;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One request on one replica: counted as outstanding until it ends, in exactly one way, which the circuit breaker is
 * told. Only the first call of an ending counts.
 */
public final class Lease {

    private final Replica replica;
    private final boolean probe;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean probeAnswered;

    /** @param probe whether the breaker lent its permission to find out if the replica has recovered */
    Lease(Replica replica, boolean probe) {
        this.replica = replica;
        this.probe = probe;
        replica.outstandingCount().incrementAndGet();
    }

    public Replica replica() {
        return replica;
    }

    /**
     * The replica's answer has begun. That is all a probe has to find out: were it to wait for the end of a long
     * stream, the breaker would keep everybody else away until then.
     */
    public void begun() {
        if (probe && !probeAnswered) {
            probeAnswered = true;
            breaker().onSuccess(0, TimeUnit.NANOSECONDS);
        }
    }

    /** The answer came to its end. */
    public void succeeded() {
        if (end()) {
            breaker().onSuccess(0, TimeUnit.NANOSECONDS);
        }
    }

    /** The replica answered with an error of its own, broke off or fell silent. */
    public void failed(Throwable failure) {
        if (end()) {
            breaker().onError(0, TimeUnit.NANOSECONDS, failure);
        }
    }

    /** Nobody is there, or it wants no more requests: it is left alone from now on, until a probe finds it well. */
    public void unreachable(Throwable failure) {
        if (end()) {
            breaker().onError(0, TimeUnit.NANOSECONDS, failure);
            if (breaker().getState() != CircuitBreaker.State.OPEN) {
                breaker().transitionToOpenState();
            }
        }
    }

    /** The request ended by no doing of the replica. */
    public void abandoned() {
        if (end() && !probeAnswered) {
            breaker().releasePermission();
        }
    }

    private boolean end() {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        replica.outstandingCount().decrementAndGet();
        return true;
    }

    private CircuitBreaker breaker() {
        return replica.breaker();
    }
}
