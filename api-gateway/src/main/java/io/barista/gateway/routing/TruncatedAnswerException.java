package io.barista.gateway.routing;

/**
 * An answer broke off after part of it had gone out, in a form that has no place for an error: the connection must be
 * closed, so that nobody takes the part for the whole.
 *
 * <p>The failure is told in words and not as a cause: Spring takes an exception that comes from a reset connection for
 * a client that went away, and would end the answer as if it were complete.
 */
final class TruncatedAnswerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TruncatedAnswerException(Throwable failure) {
        super("a replica's answer was cut short by " + failure.getClass().getSimpleName(), null, false, false);
    }
}
