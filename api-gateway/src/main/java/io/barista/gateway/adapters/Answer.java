package io.barista.gateway.adapters;

import java.nio.charset.StandardCharsets;

/** What a service said, to be passed on as it is. */
record Answer(int status, String contentType, byte[] body) {

    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    static Answer success(String message) {
        return new Answer(OK, "text/plain", message.getBytes(StandardCharsets.UTF_8));
    }

    boolean isDone() {
        return status >= 200 && status < 300;
    }

    boolean isNotFound() {
        return status == NOT_FOUND;
    }
}
