package io.barista.gateway.models;

/**
 * A model of the configuration.
 *
 * @param id        what clients send as {@code model}
 * @param serviceId the name of its replicas in service discovery
 */
public record ServedModel(String id, String serviceId) {}
