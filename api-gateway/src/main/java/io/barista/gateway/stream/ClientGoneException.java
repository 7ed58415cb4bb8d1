package io.barista.gateway.stream;

import org.jspecify.annotations.Nullable;

/** The answer could not be written, because its reader is gone. */
public final class ClientGoneException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ClientGoneException(@Nullable Throwable cause) {
        super("the client is gone", cause, false, false);
    }
}
