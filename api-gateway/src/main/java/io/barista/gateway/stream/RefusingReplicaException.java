package io.barista.gateway.stream;

/** The replica answered 503: it is draining or not ready, and another one should be asked. */
public final class RefusingReplicaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RefusingReplicaException() {
        super("the replica answered 503", null, false, false);
    }
}
