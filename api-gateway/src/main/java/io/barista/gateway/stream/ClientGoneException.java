package io.barista.gateway.stream;

/** The answer could not be written, because its reader is gone. */
public final class ClientGoneException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ClientGoneException(Throwable cause) {
        super("the client is gone", cause, false, false);
    }
}
