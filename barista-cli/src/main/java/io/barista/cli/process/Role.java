package io.barista.cli.process;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a service is in the suite, in the order in which they stop: the front door first, so that nothing new comes in. */
public enum Role {

    @JsonProperty("gateway")
    GATEWAY("api-gateway"),

    @JsonProperty("model-service")
    MODEL_SERVICE("model-service"),

    @JsonProperty("lora-registry")
    LORA_REGISTRY("lora-registry"),

    @JsonProperty("config-server")
    CONFIG_SERVER("config-server");

    private final String service;

    Role(String service) {
        this.service = service;
    }

    /** The service's module, and the name of its jar. */
    public String service() {
        return service;
    }
}
