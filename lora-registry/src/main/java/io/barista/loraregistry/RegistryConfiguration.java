package io.barista.loraregistry;

import io.barista.config.ConfigServerSource;
import io.barista.config.ConfigSource;
import io.barista.config.LlmConfig;
import io.barista.config.LlmConfigs;
import io.barista.config.LocalFiles;
import io.barista.sources.SourceCache;
import io.barista.sources.SourceEnvironment;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/** What the service is made of. */
@Configuration(proxyBeanMethods = false)
class RegistryConfiguration {

    /** All services start at the same time, and config-server is one of them. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Bean
    Registry registry(Environment environment, RegistryMetrics metrics) throws IOException {
        Path folder = Path.of(environment.getProperty("barista.config.base-dir", "")).toAbsolutePath();
        String path = environment.getProperty("barista.config.path");
        List<LlmConfig> configs;
        if (path != null) {
            folder = Path.of(path).toAbsolutePath().getParent();
            configs = LlmConfigs.parse(new LocalFiles(Path.of("")), path);
        } else {
            ConfigSource server = new ConfigServerSource(
                    URI.create(environment.getRequiredProperty("barista.config.uri")), folder, Path.of(""), PATIENCE);
            configs = LlmConfigs.parse(server, environment.getRequiredProperty("barista.config.file"));
        }
        String configured = environment.getProperty("barista.registry.cache");
        Path cache = configured != null
                ? Path.of(configured)
                : SourceCache.defaultRoot(new SourceEnvironment(Map.of(), System.getenv())).resolve("adapters");
        AdapterStore store = new AdapterStore(cache, bytes(environment, "max-bytes"),
                environment.getRequiredProperty("barista.registry.max-adapters", Integer.class), metrics);
        return new Registry(configs, folder == null ? Path.of("") : folder, cache, store, metrics,
                bytes(environment, "max-adapter-bytes"));
    }

    /** Looks at each source again and again, beginning with the service's start. */
    @Lazy(false)
    @Bean(destroyMethod = "shutdownNow")
    ScheduledExecutorService scanning(Registry registry, Environment environment) {
        ScheduledExecutorService clock = Executors
                .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("scan").factory());
        long seconds = environment.getRequiredProperty("barista.registry.scan-seconds", Long.class);
        clock.scheduleWithFixedDelay(registry::refresh, 0, seconds, TimeUnit.SECONDS);
        return clock;
    }

    /** Ids of base models have slashes, which clients send as %2F. */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> encodedSlashes() {
        return factory -> factory.addConnectorCustomizers(connector -> connector
                .setEncodedSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue()));
    }

    /** An adapter is megabytes, and by default each write to a socket takes eight kilobytes of it. */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> largeWrites() {
        return factory -> factory
                .addConnectorCustomizers(connector -> connector.setProperty("socket.appWriteBufSize", "65536"));
    }

    private static long bytes(Environment environment, String key) {
        return DataSize.parse(environment.getRequiredProperty("barista.registry." + key)).toBytes();
    }
}
