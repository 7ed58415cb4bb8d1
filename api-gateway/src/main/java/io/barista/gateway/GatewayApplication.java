package io.barista.gateway;

import io.barista.gateway.models.ConfiguredModels;
import io.barista.gateway.models.ModelCatalog;
import io.barista.gateway.replicas.ReplicaDirectory;
import io.barista.gateway.settings.GatewaySettings;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** The gateway. A request's way through it begins in {@code routing.InferenceRoutes}. */
@SpringBootApplication(proxyBeanMethods = false)
@EnableConfigurationProperties(GatewaySettings.class)
public class GatewayApplication {

    public static void main(String[] args) {
        try {
            SpringApplication.run(GatewayApplication.class, args);
        } catch (RuntimeException e) {
            System.err.println("api-gateway cannot start: " + StartFailure.reason(e));
            System.exit(1);
        }
    }

    @Bean
    CatalogLoader catalogLoader(ConfiguredModels configured, ReplicaDirectory replicas, ModelCatalog catalog) {
        return new CatalogLoader(configured, replicas, catalog);
    }
}
