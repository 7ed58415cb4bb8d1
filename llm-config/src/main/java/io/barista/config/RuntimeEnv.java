package io.barista.config;

import java.util.Map;

/**
 * The surroundings of a replica's process.
 *
 * @param environment variables to set; the values may be secrets
 */
public record RuntimeEnv(Map<String, String> environment) {

    public RuntimeEnv {
        environment = Map.copyOf(environment);
    }

    public static RuntimeEnv empty() {
        return new RuntimeEnv(Map.of());
    }

    /** The names only. */
    @Override
    public String toString() {
        return "RuntimeEnv" + environment.keySet().stream().sorted().toList();
    }
}
