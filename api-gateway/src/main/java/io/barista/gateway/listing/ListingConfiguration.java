package io.barista.gateway.listing;

import io.barista.gateway.auth.Access;
import io.barista.gateway.models.ModelCatalog;
import io.barista.gateway.replicas.ReplicaDirectory;
import io.barista.gateway.settings.GatewaySettings;
import java.time.Instant;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.netty.http.client.HttpClient;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
class ListingConfiguration {

    @Bean
    ModelRoutes modelRoutes(ModelCatalog catalog, ReplicaDirectory replicas, HttpClient http, Access access,
            JsonMapper json, GatewaySettings settings) {
        return new ModelRoutes(catalog, new ModelCards(catalog, replicas, http, access, json,
                settings.replicas().cardTimeout(), Instant.now().getEpochSecond()));
    }
}
