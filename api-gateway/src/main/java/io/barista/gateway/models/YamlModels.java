package io.barista.gateway.models;

import io.barista.config.ConfigSource;
import io.barista.config.LlmConfig;
import io.barista.config.LlmConfigs;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The models of an {@code LlmConfig} file. */
final class YamlModels implements ConfiguredModels {

    private static final Logger log = LoggerFactory.getLogger(YamlModels.class);

    private final ConfigSource source;
    private final String file;

    YamlModels(ConfigSource source, String file) {
        this.source = source;
        this.file = file;
    }

    @Override
    public List<ServedModel> load() {
        List<LlmConfig> configs = LlmConfigs.parse(source, file);
        log.info("configuration from {}", source.describe(file));
        return configs.stream().map(config -> new ServedModel(config.modelId(), config.serviceId().value())).toList();
    }
}
