package io.barista.config;

import static io.barista.config.EntryKeys.ignored;

import io.barista.config.type.AnyType;
import io.barista.config.type.DecimalType;
import io.barista.config.type.IntegerType;
import io.barista.config.type.MappingType;
import io.barista.config.type.NumReplicasType;
import io.barista.config.type.TextType;
import java.util.List;
import java.util.Map;

/** The keys of {@code deployment_config}, {@code autoscaling_config} and {@code lora_config}, with Ray's defaults. */
final class DeploymentKeys {

    private static final Effect HONOURED = new Effect.Honoured();

    static final ConfigKey<NumReplicas> NUM_REPLICAS = new ConfigKey<>("num_replicas", new NumReplicasType(), null,
            HONOURED, "Replicas.");
    static final ConfigKey<Map<String, Object>> AUTOSCALING_CONFIG = new ConfigKey<>("autoscaling_config",
            new MappingType(), null, HONOURED, "Replicas by load.");
    static final ConfigKey<Integer> MAX_ONGOING_REQUESTS = ignored("max_ongoing_requests", IntegerType.atLeast(1),
            "how many run at once is the engine's max_num_seqs");
    static final ConfigKey<Integer> MAX_QUEUED_REQUESTS = new ConfigKey<>("max_queued_requests",
            IntegerType.atLeast(-1), null, HONOURED,
            "Requests that wait in a replica at most; what engine_kwargs says of it wins.");

    static final List<ConfigKey<?>> DEPLOYMENT = List.of(NUM_REPLICAS, AUTOSCALING_CONFIG, MAX_ONGOING_REQUESTS,
            MAX_QUEUED_REQUESTS, unlike("name"), unlike("version"), unlike("user_config"), unlike("ray_actor_options"),
            unlike("request_router_config"), unlike("max_replicas_per_node"), unlike("logging_config"),
            unlike("max_constructor_retry_count"), unlike("gang_scheduling_config"),
            unlike("rolling_update_percentage"),
            unlike("backpressure_config"), unlike("health_check_period_s"), unlike("health_check_timeout_s"),
            unlike("graceful_shutdown_wait_loop_s"), unlike("graceful_shutdown_timeout_s"),
            unlike("request_timeout_s"),
            asInRay("placement_group_bundles"), asInRay("placement_group_strategy"));

    static final ConfigKey<Integer> MIN_REPLICAS = new ConfigKey<>("min_replicas", IntegerType.atLeast(0), 1, HONOURED,
            "Replicas at least.");
    static final ConfigKey<Integer> INITIAL_REPLICAS = new ConfigKey<>("initial_replicas", IntegerType.atLeast(0), null,
            HONOURED, "Replicas at the start, when min_replicas is absent.");
    static final ConfigKey<Integer> MAX_REPLICAS = notYet("max_replicas", IntegerType.atLeast(1));

    static final List<ConfigKey<?>> AUTOSCALING = List.of(MIN_REPLICAS, INITIAL_REPLICAS, MAX_REPLICAS,
            notYet("target_ongoing_requests", DecimalType.above(0)),
            notYet("target_num_ongoing_requests_per_replica", DecimalType.above(0)),
            notYet("metrics_interval_s", DecimalType.above(0)), notYet("look_back_period_s", DecimalType.above(0)),
            notYet("smoothing_factor", DecimalType.above(0)), notYet("upscale_smoothing_factor", DecimalType.above(0)),
            notYet("downscale_smoothing_factor", DecimalType.above(0)),
            notYet("upscaling_factor", DecimalType.above(0)),
            notYet("downscaling_factor", DecimalType.above(0)), notYet("upscale_delay_s", DecimalType.atLeast(0)),
            notYet("downscale_delay_s", DecimalType.atLeast(0)),
            notYet("downscale_to_zero_delay_s", DecimalType.atLeast(0)), notYet("policy", new AnyType()),
            notYet("prometheus_metrics", new AnyType()), notYet("aggregation_function", new TextType()));

    static final ConfigKey<String> DYNAMIC_LORA_LOADING_PATH = new ConfigKey<>("dynamic_lora_loading_path",
            new TextType(), null,
            HONOURED, "Where adapters are, one folder each.");
    static final ConfigKey<Integer> MAX_NUM_ADAPTERS_PER_REPLICA = new ConfigKey<>(
            "max_num_adapters_per_replica", IntegerType.atLeast(1), 16, HONOURED,
            "Adapters that a replica keeps in its memory.");
    static final ConfigKey<Double> DOWNLOAD_TIMEOUT_S = new ConfigKey<>("download_timeout_s", DecimalType.atLeast(-1),
            30.0, HONOURED, "Seconds for one adapter's download; 0 and less is no limit.");
    static final ConfigKey<Integer> MAX_DOWNLOAD_TRIES = new ConfigKey<>("max_download_tries", IntegerType.atLeast(1),
            3,
            HONOURED, "Tries of each request.");

    static final List<ConfigKey<?>> LORA = List.of(DYNAMIC_LORA_LOADING_PATH, MAX_NUM_ADAPTERS_PER_REPLICA,
            DOWNLOAD_TIMEOUT_S, MAX_DOWNLOAD_TRIES);

    private DeploymentKeys() {}

    private static ConfigKey<Object> unlike(String key) {
        return ignored(key, new AnyType(), "this is for Ray's own processes");
    }

    private static ConfigKey<Object> asInRay(String key) {
        return new ConfigKey<>(key, new AnyType(), null,
                new Effect.Refused(null, "as in Ray, use placement_group_config"),
                "");
    }

    private static <T> ConfigKey<T> notYet(String key, OptionType<T> type) {
        return ignored(key, type, "autoscaling is not built yet, min_replicas is what runs");
    }
}
