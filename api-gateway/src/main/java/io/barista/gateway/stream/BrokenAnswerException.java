package io.barista.gateway.stream;

import java.io.IOException;

/** The replica's answer ended without its end. */
public final class BrokenAnswerException extends IOException {

    private static final long serialVersionUID = 1L;

    BrokenAnswerException(String message) {
        super(message);
    }
}
