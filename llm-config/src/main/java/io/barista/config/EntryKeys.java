package io.barista.config;

import io.barista.config.type.AnyType;
import io.barista.config.type.BooleanType;
import io.barista.config.type.ChoiceType;
import io.barista.config.type.MappingType;
import io.barista.config.type.TextType;
import java.util.List;
import java.util.Map;

/** The keys of one LlmConfig, of {@code model_loading_config} and of {@code runtime_env}. */
final class EntryKeys {

    private static final Effect HONOURED = new Effect.Honoured();
    private static final OptionType<Map<String, Object>> MAPPING = new MappingType();

    static final ConfigKey<Map<String, Object>> MODEL_LOADING_CONFIG = section("model_loading_config", "Which model.");
    static final ConfigKey<Map<String, Object>> ENGINE_KWARGS = section("engine_kwargs", "The engine's knobs.");
    static final ConfigKey<Map<String, Object>> DEPLOYMENT_CONFIG = section("deployment_config", "How many replicas.");
    static final ConfigKey<Map<String, Object>> LORA_CONFIG = section("lora_config", "LoRA adapters.");
    static final ConfigKey<Map<String, Object>> RUNTIME_ENV = section("runtime_env", "The replica's environment.");
    static final ConfigKey<String> ACCELERATOR_TYPE = new ConfigKey<>("accelerator_type", new TextType(), null,
            new Effect.IgnoredOnCpu("the model runs on a CPU"), "The accelerator wanted.");

    static final List<ConfigKey<?>> ENTRY = List.of(MODEL_LOADING_CONFIG, ENGINE_KWARGS, DEPLOYMENT_CONFIG, LORA_CONFIG,
            RUNTIME_ENV, ACCELERATOR_TYPE,
            ignored("llm_engine", ChoiceType.of("vLLM"), "the engine is Barista's own"),
            ignored("accelerator_config", MAPPING, "the device is the one of this machine"),
            ignored("placement_group_config", MAPPING, "there is no Ray cluster to place replicas on"),
            ignored("resources_per_bundle", MAPPING, "there is no Ray cluster to place replicas on"),
            ignored("experimental_configs", MAPPING, "these are knobs of Ray's own processes"),
            ignored("log_engine_metrics", new BooleanType(), "metrics are always at /metrics"),
            refused("server_cls", "Python classes cannot be loaded"),
            refused("callback_config", "Python classes cannot be loaded"));

    static final ConfigKey<String> MODEL_ID = new ConfigKey<>("model_id", new TextType(), null, HONOURED,
            "What clients send.");
    static final ConfigKey<Object> MODEL_SOURCE = new ConfigKey<>("model_source", new AnyType(), null, HONOURED,
            "Folder, Hugging Face repository or bucket.");
    static final List<ConfigKey<?>> MODEL_LOADING = List.of(MODEL_ID, MODEL_SOURCE,
            ignored("tokenizer_source", new AnyType(),
                    "the tokenizer is the model folder's own (Ray reads this key nowhere)"));

    static final ConfigKey<String> BUCKET_URI = new ConfigKey<>("bucket_uri", new TextType(), null, HONOURED,
            "Folder of an object store.");
    static final ConfigKey<Object> EXTRA_FILES = new ConfigKey<>("extra_files", new AnyType(), List.of(), HONOURED,
            "More to fetch.");
    static final List<ConfigKey<?>> MIRROR = List.of(BUCKET_URI, EXTRA_FILES);
    static final ConfigKey<String> DESTINATION_PATH = new ConfigKey<>("destination_path", new TextType(), null,
            HONOURED,
            "Where to put it.");
    static final List<ConfigKey<?>> EXTRA_FILE = List.of(BUCKET_URI, DESTINATION_PATH);

    static final ConfigKey<Map<String, Object>> ENV_VARS = section("env_vars", "Environment variables.");
    static final List<ConfigKey<?>> RUNTIME = List.of(ENV_VARS, python("pip"), python("uv"), python("conda"),
            python("py_modules"), python("py_executable"), python("working_dir"), python("excludes"),
            python("java_jars"),
            python("container"), python("image_uri"), python("config"), python("worker_process_setup_hook"),
            python("nsight"), python("eager_install"));

    private EntryKeys() {}

    static <T> ConfigKey<T> ignored(String key, OptionType<T> type, String reason) {
        return new ConfigKey<>(key, type, null, new Effect.Ignored(reason), "");
    }

    private static ConfigKey<Object> refused(String key, String reason) {
        return new ConfigKey<>(key, new AnyType(), null, new Effect.Refused(null, reason), "");
    }

    private static ConfigKey<Object> python(String key) {
        return ignored(key, new AnyType(), "no Python runs in a replica");
    }

    private static ConfigKey<Map<String, Object>> section(String key, String description) {
        return new ConfigKey<>(key, MAPPING, null, HONOURED, description);
    }
}
