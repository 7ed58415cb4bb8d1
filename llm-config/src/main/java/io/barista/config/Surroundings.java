package io.barista.config;

import java.util.List;

/** What a Ray Serve file sets around its LlmConfigs. */
record Surroundings(RuntimeEnv runtimeEnv, List<IgnoredKey> ignored) {

    static Surroundings none() {
        return new Surroundings(RuntimeEnv.empty(), List.of());
    }
}
