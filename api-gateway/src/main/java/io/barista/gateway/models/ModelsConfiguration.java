package io.barista.gateway.models;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ConfigLocation.class)
class ModelsConfiguration {

    @Bean
    ModelCatalog modelCatalog() {
        return new ModelCatalog();
    }

    @Bean
    ConfiguredModels configuredModels(ConfigLocation location) {
        return new YamlModels(location.source(), location.name());
    }
}
