package io.barista.cli.up;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One model and how often it is started.
 *
 * @param serviceId   the model's name in the gateway's discovery
 * @param firstPort   where the first replica listens, the next ones follow; null takes free ports
 * @param environment variables its processes get; the values may be secrets
 */
record ReplicaSet(String modelId, String serviceId, int replicas, @Nullable Integer firstPort,
        Map<String, String> environment) {}
