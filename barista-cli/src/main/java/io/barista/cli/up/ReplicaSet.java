package io.barista.cli.up;

import java.util.Map;

/**
 * One model and how often it is started.
 *
 * @param serviceId   the model's name in the gateway's discovery
 * @param environment variables its processes get; the values may be secrets
 */
record ReplicaSet(String modelId, String serviceId, int replicas, Map<String, String> environment) {}
