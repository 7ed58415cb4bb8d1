package io.barista.gateway;

import io.barista.gateway.models.ConfiguredModels;
import io.barista.gateway.models.ModelCatalog;
import io.barista.gateway.models.ServedModel;
import io.barista.gateway.replicas.ReplicaDirectory;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;

/**
 * Fills the catalog once everything else is up: so the gateway and config-server can start side by side. Readiness waits
 * for runners, and a wrong configuration in one ends the start.
 */
final class CatalogLoader implements ApplicationRunner {

    private static final Logger log = LoggerFactory.getLogger(CatalogLoader.class);

    private final ConfiguredModels configured;
    private final ReplicaDirectory replicas;
    private final ModelCatalog catalog;

    CatalogLoader(ConfiguredModels configured, ReplicaDirectory replicas, ModelCatalog catalog) {
        this.configured = configured;
        this.replicas = replicas;
        this.catalog = catalog;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        List<ServedModel> models = configured.load();
        replicas.open(models).block();
        catalog.serve(models);
        log.info("serving {}", models.stream().map(ServedModel::id).collect(Collectors.joining(", ")));
    }
}
