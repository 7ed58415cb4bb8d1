package io.barista.config;

import io.barista.config.yaml.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one LlmConfig out of a file. */
final class EntryReader {

    /** Not of what model-sources reads. */
    private static final Pattern UNKNOWN_SCHEME = Pattern.compile("(?!(?:s3|gs|hf)://|file:///)[^/]*://");

    private final ConfigText text;
    private final Report report;
    private final List<IgnoredKey> ignored = new ArrayList<>();

    EntryReader(ConfigText text, Report report) {
        this.text = text;
        this.report = report;
    }

    /**
     * Empty when the entry has no usable model id; the report says why.
     *
     * @param surroundings what the Ray application around the entry sets, which the entry's own values override
     */
    Optional<LlmConfig> read(Value.Fields mapping, Surroundings surroundings) {
        ignored.addAll(surroundings.ignored());
        Section entry = section(mapping, "", EntryKeys.ENTRY);
        DeploymentConfig deployment = entry.mapping(EntryKeys.DEPLOYMENT_CONFIG).map(this::readDeployment)
                .orElseGet(DeploymentConfig::empty);
        EngineConfig engine = withQueueOf(deployment, entry.mapping(EntryKeys.ENGINE_KWARGS)
                .map(kwargs -> EngineKwargs.read(kwargs, "engine_kwargs.", report)).map(this::withPaths)
                .orElseGet(EngineConfig::empty));
        LoraConfig lora = entry.mapping(EntryKeys.LORA_CONFIG).map(this::readLora).orElse(null);
        RuntimeEnv environment = entry.mapping(EntryKeys.RUNTIME_ENV)
                .map(runtime -> readRuntime(runtime, "runtime_env.", surroundings.runtimeEnv()))
                .orElse(surroundings.runtimeEnv());
        @Nullable
        String accelerator = entry.find(EntryKeys.ACCELERATOR_TYPE).orElse(null);
        if (entry.isAbsent(EntryKeys.MODEL_LOADING_CONFIG)) {
            report.add(mapping.line(), EntryKeys.MODEL_LOADING_CONFIG.key(),
                    "is missing; it says which model is served");
        }
        return entry.mapping(EntryKeys.MODEL_LOADING_CONFIG).flatMap(this::readModel)
                .map(model -> new LlmConfig(model, engine, deployment, accelerator, lora, environment, ignored,
                        new Origin(text.name(), mapping.line(), lines(mapping))));
    }

    private static Map<String, Integer> lines(Value.Fields entry) {
        Map<String, Integer> lines = new HashMap<>();
        entry.fields().values().forEach(section -> {
            lines.put(section.name(), section.line());
            if (section.value() instanceof Value.Fields keys) {
                keys.fields().values().forEach(key -> lines.put(section.name() + "." + key.name(), key.line()));
            }
        });
        return lines;
    }

    RuntimeEnv readRuntime(Value.Fields mapping, String path, RuntimeEnv base) {
        Section runtime = section(mapping, path, EntryKeys.RUNTIME);
        Map<String, String> environment = new LinkedHashMap<>(base.environment());
        runtime.mapping(EntryKeys.ENV_VARS).ifPresent(variables -> variables.fields().values().forEach(variable -> {
            if (variable.value().plain() instanceof String value) {
                environment.put(variable.name(), value);
            } else { // the value stays unsaid, it may be a secret
                report.add(variable.line(), path + "env_vars." + variable.name(), "expected text (put it in quotes)");
            }
        }));
        return new RuntimeEnv(environment);
    }

    private Optional<ModelLoadingConfig> readModel(Value.Fields mapping) {
        Section loading = section(mapping, "model_loading_config.", EntryKeys.MODEL_LOADING);
        if (loading.isAbsent(EntryKeys.MODEL_ID)) {
            report.add(mapping.line(), "model_loading_config.model_id", "is missing; it is what clients send as model");
        }
        return loading.find(EntryKeys.MODEL_ID).filter(id -> isUsableId(id, mapping))
                .map(id -> new ModelLoadingConfig(id,
                        loading.field(EntryKeys.MODEL_SOURCE)
                                .flatMap(field -> new ModelSourceReader(text, report).read(field))
                                .orElseGet(() -> ModelSourceReader.fromText(id, text))));
    }

    private boolean isUsableId(String id, Value.Fields mapping) {
        Value.Field field = mapping.fields().get(EntryKeys.MODEL_ID.key());
        int line = field == null ? mapping.line() : field.line();
        if (id.startsWith(":") || id.endsWith(":")) {
            report.add(line, "model_loading_config.model_id",
                    "may not begin or end with a colon, which parts a model from its adapter in requests");
            return false;
        }
        if (!id.matches("[^\\s\\p{Cntrl}]{1,200}")) {
            report.add(line, "model_loading_config.model_id", "expected at most 200 characters without spaces");
            return false;
        }
        return true;
    }

    private DeploymentConfig readDeployment(Value.Fields mapping) {
        Section deployment = section(mapping, "deployment_config.", DeploymentKeys.DEPLOYMENT);
        AutoscalingConfig autoscaling = deployment.mapping(DeploymentKeys.AUTOSCALING_CONFIG).map(this::readAutoscaling)
                .orElse(null);
        return new DeploymentConfig(deployment.find(DeploymentKeys.NUM_REPLICAS).orElse(null), autoscaling,
                deployment.find(DeploymentKeys.MAX_ONGOING_REQUESTS).orElse(null),
                deployment.find(DeploymentKeys.MAX_QUEUED_REQUESTS).orElse(null));
    }

    private AutoscalingConfig readAutoscaling(Value.Fields mapping) {
        String path = "deployment_config.autoscaling_config.";
        Section scaling = section(mapping, path, DeploymentKeys.AUTOSCALING);
        Integer min = scaling.find(DeploymentKeys.MIN_REPLICAS).orElse(null);
        Integer initial = scaling.find(DeploymentKeys.INITIAL_REPLICAS).orElse(null);
        Integer max = scaling.find(DeploymentKeys.MAX_REPLICAS).orElse(null);
        requireOrder(mapping, path, "min_replicas", min, "max_replicas", max);
        requireOrder(mapping, path, "min_replicas", min, "initial_replicas", initial);
        requireOrder(mapping, path, "initial_replicas", initial, "max_replicas", max);
        return new AutoscalingConfig(min, initial, max);
    }

    private void requireOrder(Value.Fields mapping, String path, String lowKey, @Nullable Integer low, String highKey,
            @Nullable Integer high) {
        Value.Field field = mapping.fields().get(highKey);
        if (field != null && low != null && high != null && low > high) {
            report.add(field.line(), path + highKey, "expected at least " + lowKey + " (" + low + "), got " + high);
        }
    }

    private LoraConfig readLora(Value.Fields mapping) {
        Section lora = section(mapping, "lora_config.", DeploymentKeys.LORA);
        lora.field(DeploymentKeys.DYNAMIC_LORA_LOADING_PATH)
                .filter(field -> UNKNOWN_SCHEME.matcher(String.valueOf(field.value().plain())).lookingAt())
                .ifPresent(field -> report.add(field.line(), "lora_config." + field.name(),
                        "unknown scheme, expected a folder or s3://, gs://, hf:// or file:///"));
        double timeout = lora.find(DeploymentKeys.DOWNLOAD_TIMEOUT_S).orElse(30.0);
        return new LoraConfig(lora.find(DeploymentKeys.DYNAMIC_LORA_LOADING_PATH).orElse(null),
                lora.find(DeploymentKeys.MAX_NUM_ADAPTERS_PER_REPLICA).orElse(16), timeout > 0 ? timeout : null,
                lora.find(DeploymentKeys.MAX_DOWNLOAD_TRIES).orElse(3));
    }

    /** Ray bounds the queue in {@code deployment_config}; here it is the engine's. */
    private static EngineConfig withQueueOf(DeploymentConfig deployment, EngineConfig engine) {
        Integer bound = deployment.maxQueuedRequests();
        return bound == null || engine.isAsked(EngineOptions.MAX_QUEUED_REQUESTS)
                ? engine
                : engine.with(EngineOptions.MAX_QUEUED_REQUESTS, bound);
    }

    /** A file that {@code chat_template} or {@code generation_config} names is named by its absolute path from here on. */
    private EngineConfig withPaths(EngineConfig engine) {
        EngineConfig absolute = engine;
        for (EngineOption<String> option : List.of(EngineOptions.CHAT_TEMPLATE, EngineOptions.GENERATION_CONFIG)) {
            Optional<String> file = engine.isAsked(option)
                    ? engine.find(option).flatMap(this::existingFile)
                    : Optional.empty();
            absolute = file.isPresent() ? absolute.with(option, file.get()) : absolute;
        }
        return absolute;
    }

    private Optional<String> existingFile(String name) {
        boolean isName = name.length() < 1000 && name.matches("[^\\p{Cntrl}{}]+");
        return isName ? text.find(name).map(String::valueOf) : Optional.empty();
    }

    private Section section(Value.Fields mapping, String path, List<ConfigKey<?>> keys) {
        Section section = Section.read(mapping, path, keys, report);
        ignored.addAll(section.ignored());
        return section;
    }
}
