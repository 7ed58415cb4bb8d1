package io.barista.cli.process;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a service is in the suite, in the order in which they stop: the front door first, so that nothing new comes in. */
public enum Role {

    @JsonProperty("gateway")
    GATEWAY,

    @JsonProperty("model-service")
    MODEL_SERVICE,

    @JsonProperty("config-server")
    CONFIG_SERVER
}
