package io.barista.configserver;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.config.server.config.CompositeConfiguration;
import org.springframework.cloud.config.server.config.ConfigServerProperties;
import org.springframework.cloud.config.server.config.EnvironmentRepositoryConfiguration;
import org.springframework.context.annotation.Import;

/**
 * Serves the YAML files of a folder, or of a git repository with the profile {@code git}.
 *
 * <p>This is Spring Cloud Config Server without {@code @EnableConfigServer}: its repositories are used as they are, its
 * web routes are not, see {@link YamlController}.
 */
@SpringBootApplication
@EnableConfigurationProperties(ConfigServerProperties.class)
@Import({EnvironmentRepositoryConfiguration.class, CompositeConfiguration.class})
public class ConfigServerApplication {

    public static void main(String[] args) {
        SpringApplication.run(ConfigServerApplication.class, args);
    }
}
