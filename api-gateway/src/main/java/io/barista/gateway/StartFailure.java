package io.barista.gateway;

import io.barista.config.ConfigException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.NestedExceptionUtils;

/** Why the gateway could not start, in the words of whoever found out, without the layers of Spring around them. */
final class StartFailure {

    private StartFailure() {}

    static String reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigException || cause instanceof PortInUseException) {
                return String.valueOf(cause.getMessage());
            }
        }
        return String.valueOf(NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
    }
}
