package io.barista.engine.lora;

import io.barista.engine.EngineException;
import io.barista.engine.model.ConfigFields;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** adapter_config.json as PEFT writes it: what is a plain LoRA is understood, and everything that would change the maths is refused. */
final class PeftConfig {

    /** Keys that must be absent, false or empty, with what they stand for. */
    private static final Map<String, String> REFUSED = Map.ofEntries(
            Map.entry("use_dora", "DoRA"), Map.entry("use_qalora", "QALoRA"), Map.entry("use_bdlora", "BD-LoRA"),
            Map.entry("lora_bias", "a bias of lora_B"),
            Map.entry("modules_to_save", "modules that were trained in full"),
            Map.entry("trainable_token_indices", "trained embeddings"),
            Map.entry("alora_invocation_tokens", "activated LoRA"),
            Map.entry("layer_replication", "replicated layers"),
            Map.entry("target_parameters", "parameters outside of linear layers"),
            Map.entry("arrow_config", "arrow routing"));

    /** Beginnings of {@code init_lora_weights} that took something away from the base model's weights, without which the adapter means nothing. */
    private static final List<String> CHANGED_BASES = List.of("pissa", "olora", "corda", "loftq", "lora_ga");

    private final ConfigFields config;
    private final Expressions expressions = new Expressions();
    private final TargetModules targets;
    private final int rank;
    private final double alpha;
    private final boolean rankStabilised;

    PeftConfig(ConfigFields config) {
        this.config = config;
        config.optionalText("peft_type").filter(type -> !type.equalsIgnoreCase("LORA")).ifPresent(type -> {
            throw config.wrong("peft_type", "LORA", type);
        });
        config.optionalText("bias").filter(bias -> !bias.equals("none")).ifPresent(bias -> {
            throw config.wrong("bias", "none", bias);
        });
        REFUSED.forEach((key, what) -> config.find(key).filter(PeftConfig::isSet).ifPresent(_ -> {
            throw refused("adapter_config.json: %s (%s) is not supported", key, what);
        }));
        config.find("init_lora_weights").filter(JsonNode::isString).map(JsonNode::stringValue)
                .filter(way -> CHANGED_BASES.stream().anyMatch(way.toLowerCase(Locale.ROOT)::startsWith))
                .ifPresent(way -> {
                    throw refused(
                            "adapter_config.json: init_lora_weights (%s) changes the base model's weights, which are "
                                    + "served as they are; save it with PEFT's path_initial_model_for_weight_conversion",
                            way);
                });
        this.targets = new TargetModules(config, expressions);
        this.rank = config.size("r");
        this.alpha = config.optionalNumber("lora_alpha").orElse(8); // PEFT's default
        this.rankStabilised = config.flag("use_rslora", false);
    }

    private static boolean isSet(JsonNode value) {
        return value.isBoolean() ? value.booleanValue() : !(value.isContainer() && value.isEmpty());
    }

    /** @param module from {@code layers} on */
    boolean targets(String module) {
        return targets.include(module);
    }

    /** Whether it says at all what it is for. */
    boolean namesTargets() {
        return config.has("target_modules");
    }

    /** What the adapter says; its tensors must agree. */
    int rank(String module) {
        return pattern("rank_pattern", module).map(node -> {
            if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 1) {
                throw config.wrong("rank_pattern", "of integers from 1", node);
            }
            return node.intValue();
        }).orElse(rank);
    }

    /** The factor on what the adapter adds to a module. */
    float scale(String module) {
        double own = pattern("alpha_pattern", module).map(node -> {
            if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
                throw config.wrong("alpha_pattern", "of finite numbers", node);
            }
            return node.doubleValue();
        }).orElse(alpha);
        float scale = (float) (own / (rankStabilised ? Math.sqrt(rank(module)) : rank(module)));
        if (!Float.isFinite(scale)) {
            throw refused("adapter_config.json: lora_alpha of %s is too large: %s", module, own);
        }
        return scale;
    }

    /** PEFT's rule: the first key that is the module's name, the end of it after a dot, or an expression for that. */
    private Optional<JsonNode> pattern(String key, String module) {
        return config.find(key).flatMap(map -> map.properties().stream()
                .filter(entry -> List.of("model." + module, module).stream().anyMatch(ends(key, entry.getKey())))
                .map(Map.Entry::getValue).findFirst());
    }

    private Predicate<String> ends(String key, String expression) {
        return expressions.of("%s: '%s'".formatted(key, expression), "(?:.*\\.)?(?:" + expression + ")");
    }

    private static EngineException refused(String format, Object... args) {
        return EngineException.of(EngineException.Code.INVALID_MODEL, format, args);
    }
}
