package io.barista.cli.up;

import io.barista.cli.CommandFailure;
import java.util.Map;
import java.util.OptionalInt;

/**
 * One model and how often it is started.
 *
 * @param serviceId   the model's name in the gateway's discovery
 * @param environment variables its processes get; the values may be secrets
 */
record ReplicaSet(String modelId, String serviceId, int replicas, Map<String, String> environment) {

    /** Spring Boot's own variable for a service's port. */
    private static final String PORT_VARIABLE = "SERVER_PORT";

    /**
     * The first replica's port where {@code runtime_env.env_vars} fixes it; the other replicas follow it.
     *
     * @throws CommandFailure when it is no port
     */
    OptionalInt firstPort() {
        String value = environment.get(PORT_VARIABLE);
        if (value == null) {
            return OptionalInt.empty();
        }
        if (!value.matches("\\d{1,5}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > 65_535) {
            throw CommandFailure.of("%s of %s must be a port, was %s", PORT_VARIABLE, modelId, value);
        }
        return OptionalInt.of(Integer.parseInt(value));
    }
}
