package io.barista.modelservice.config;

import io.barista.config.BackendKind;
import io.barista.config.ConfigException;
import io.barista.config.ConfigServerSource;
import io.barista.config.ConfigSource;
import io.barista.config.EngineConfig;
import io.barista.config.IgnoredKey;
import io.barista.config.LlmConfig;
import io.barista.config.LlmConfigs;
import io.barista.config.LocalFiles;
import io.barista.config.LoraConfig;
import io.barista.config.ModelSource;
import io.barista.config.ResolvedLlmConfig;
import io.barista.config.RuntimeEnv;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one model of this process.
 *
 * @param names     what clients may call it; the first is the one in answers
 * @param lora      {@code lora_config}; null without
 * @param folder    what relative paths of adapters mean
 * @param variables {@code runtime_env.env_vars}; the values may be secrets
 * @param ignored   what was asked for and has no effect here
 */
public record ModelToServe(List<String> names, ModelSource source, EngineConfig engine, @Nullable LoraConfig lora,
        Path folder, RuntimeEnv variables,
        List<IgnoredKey> ignored) {

    private static final Logger log = LoggerFactory.getLogger(ModelToServe.class);

    /** All services start at the same time, and config-server is one of them. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * Asks the source that the settings name, and says in the log which one it was. Waits for config-server while it starts.
     *
     * @param backend what the model is going to run on
     * @throws ConfigException          when the configuration is wrong or cannot be had
     * @throws IllegalArgumentException when it has no such model
     */
    public static ModelToServe find(ServiceSettings settings, BackendKind backend) {
        Path here = Path.of("");
        return switch (settings) {
            case ServiceSettings.FromConfigServer(var server, String file, Path folder, String modelId) ->
                find(new ConfigServerSource(server, folder, here, PATIENCE), file, folder, modelId, backend);
            case ServiceSettings.FromFile(Path file, String modelId) ->
                find(new LocalFiles(here), file.toString(), file.toAbsolutePath().resolveSibling(""), modelId, backend);
            case ServiceSettings.FromFlags flags -> fromFlags(flags, backend);
        };
    }

    private static ModelToServe find(ConfigSource source, String file, Path folder, @Nullable String modelId,
            BackendKind backend) {
        log.info("configuration: {}", source.describe(file));
        LlmConfig config = choose(LlmConfigs.parse(source, file), modelId, file);
        return of(config, List.of(config.modelId()), folder, backend);
    }

    private static ModelToServe fromFlags(ServiceSettings.FromFlags flags, BackendKind backend) {
        log.info("configuration: {}", CommandLineSource.NAME);
        List<String> names = flags.names().isEmpty()
                ? List.of(ModelSource.parse(flags.model(), Path.of("").toAbsolutePath()).shortName())
                : flags.names();
        ConfigSource source = new CommandLineSource(names.getFirst(), flags.model(), flags.engineKwargs());
        return of(LlmConfigs.parse(source, CommandLineSource.NAME).getFirst(), names, Path.of(""), backend);
    }

    private static ModelToServe of(LlmConfig config, List<String> names, Path folder, BackendKind backend) {
        ResolvedLlmConfig resolved = ResolvedLlmConfig.resolve(config, backend);
        resolved.ignored().forEach(key -> log.warn("no effect: {}", key));
        return new ModelToServe(names, resolved.modelSource(), config.engine(), config.lora(), folder,
                config.runtimeEnv(), resolved.ignored());
    }

    private static LlmConfig choose(List<LlmConfig> configs, @Nullable String modelId, String file) {
        if (modelId == null && configs.size() == 1) {
            return configs.getFirst();
        }
        String known = configs.stream().map(LlmConfig::modelId).collect(Collectors.joining(", "));
        if (modelId == null) {
            throw new IllegalArgumentException(
                    "%s has several models (%s): say which with barista.model-id".formatted(file, known));
        }
        return configs.stream().filter(config -> config.modelId().equals(modelId)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "%s has no model %s, only %s".formatted(file, modelId, known)));
    }
}
