package io.barista.config;

import static io.barista.config.EntryKeys.ignored;

import io.barista.config.type.AnyType;
import io.barista.config.type.TextType;
import java.util.List;
import java.util.stream.Stream;

/** The keys that Ray Serve's own file has around the LlmConfigs. */
final class ServeFileKeys {

    private static final Effect HONOURED = new Effect.Honoured();
    private static final OptionType<Object> ANY = new AnyType();

    static final ConfigKey<Object> APPLICATIONS = honoured("applications");
    static final ConfigKey<Object> LLM_CONFIGS = honoured("llm_configs");

    static final List<ConfigKey<?>> FILE = List.of(APPLICATIONS,
            ignored("proxy_location", ANY, "there is one gateway"),
            ignored("http_options", ANY, "barista up --host and --port say where the gateway listens"),
            ignored("grpc_options", ANY, "the gateway speaks HTTP"),
            ignored("logging_config", ANY, "logging is configured with Spring Boot's logging.* properties"),
            ignored("target_capacity", ANY, "this is for Ray's own processes"),
            ignored("controller_options", ANY, "this is for Ray's own processes"));

    static final ConfigKey<Object> ARGS = honoured("args");
    static final ConfigKey<Object> RUNTIME_ENV = honoured("runtime_env");
    static final ConfigKey<String> ROUTE_PREFIX = new ConfigKey<>("route_prefix", new TextType(), "/",
            new Effect.Refused("/", "routes begin at /"), "");

    static final List<ConfigKey<?>> APPLICATION = List.of(ARGS, RUNTIME_ENV, ROUTE_PREFIX, honoured("name"),
            honoured("import_path"), ignored("host", ANY, "barista up --host says where the gateway listens"),
            ignored("port", ANY, "barista up --port says where the gateway listens"),
            ignored("deployments", ANY, "replicas are said in each model's deployment_config"),
            ignored("logging_config", ANY, "logging is configured with Spring Boot's logging.* properties"),
            ignored("autoscaling_policy", ANY, "autoscaling is not built yet"),
            ignored("external_scaler_enabled", ANY, "autoscaling is not built yet"));

    static final ConfigKey<Object> LLM_CONFIG = honoured("llm_config");

    static final List<ConfigKey<?>> ARGUMENTS = List.of(LLM_CONFIGS, LLM_CONFIG,
            ignored("ingress_cls_config", ANY, "the gateway is Barista's own"),
            ignored("ingress_deployment_config", ANY, "there is one gateway"),
            notBuilt("prefill_config"), notBuilt("decode_config"), notBuilt("proxy_cls_config"),
            notBuilt("proxy_deployment_config"));

    /** What a file may begin with. */
    static final List<String> ROOT_NAMES = Stream.of(EntryKeys.ENTRY, FILE, ARGUMENTS).flatMap(List::stream)
            .map(ConfigKey::key).toList();

    private ServeFileKeys() {}

    static boolean isKeyOfEntry(String name) {
        return EntryKeys.ENTRY.stream().anyMatch(key -> key.key().equals(name));
    }

    private static ConfigKey<Object> honoured(String key) {
        return new ConfigKey<>(key, ANY, null, HONOURED, "");
    }

    private static ConfigKey<Object> notBuilt(String key) {
        return new ConfigKey<>(key, ANY, null,
                new Effect.Refused(null, "prefill and decode on different engines is not built yet; use llm_configs"),
                "");
    }
}
