package io.barista.engine.model;

import java.util.List;
import java.util.Optional;

/**
 * Reads rotary embedding from config.json: {@code rope_parameters} as transformers 5 writes it, else {@code rope_theta} and
 * {@code rope_scaling} (with {@code rope_type} or, older, {@code type}).
 */
final class RopeReader {

    private static final double DEFAULT_THETA = 10_000;

    /** Kinds of layers that may have an object of their own in {@code rope_parameters}. */
    private static final List<String> KINDS = List.of("full_attention", "sliding_attention");

    private final ConfigFields config;
    private final Optional<ConfigFields> parameters;

    private RopeReader(ConfigFields config, Optional<ConfigFields> parameters) {
        this.config = config;
        this.parameters = parameters;
    }

    /** The one rope of all layers. */
    static RopeSpec read(ConfigFields config) {
        Optional<ConfigFields> parameters = parametersIn(config);
        parameters.ifPresent(rope -> KINDS.stream().filter(rope::has).findFirst().ifPresent(kind -> {
            throw rope.wrong(kind, "absent (this architecture has one rope for all layers)", "present");
        }));
        return new RopeReader(config, parameters).read("rope_theta");
    }

    /**
     * The rope of one kind of layers.
     *
     * @param kind     its object in {@code rope_parameters}
     * @param thetaKey where transformers 4 keeps its base
     * @param scaled   whether {@code rope_scaling}, as transformers 4 writes it, is about this kind
     */
    static RopeSpec read(ConfigFields config, String kind, String thetaKey, boolean scaled) {
        Optional<ConfigFields> parameters = parametersIn(config);
        if (parameters.isPresent() && KINDS.stream().anyMatch(parameters.get()::has)) {
            return new RopeReader(config, parameters.get().object(kind)).read("rope_theta");
        }
        return new RopeReader(config, scaled ? parameters : Optional.empty()).read(thetaKey);
    }

    /** What part of a head is rotated: {@code partial_rotary_factor}, in either place. */
    static double rotatedPart(ConfigFields config) {
        ConfigFields place = parametersIn(config).filter(rope -> rope.has("partial_rotary_factor")).orElse(config);
        double part = place.optionalNumber("partial_rotary_factor").orElse(1);
        if (part <= 0 || part > 1) {
            throw place.wrong("partial_rotary_factor", "above 0 and at most 1", part);
        }
        return part;
    }

    /** The object that scaling is described in. */
    static Optional<ConfigFields> parametersIn(ConfigFields config) {
        return config.object("rope_parameters").or(() -> config.object("rope_scaling"));
    }

    private RopeSpec read(String thetaKey) {
        double theta = theta(thetaKey);
        if (parameters.isEmpty()) {
            return new RopeSpec.Default(theta);
        }
        ConfigFields rope = parameters.get();
        String type = rope.optionalText("rope_type").or(() -> rope.optionalText("type")).orElse("default");
        return switch (type) {
            case "default" -> new RopeSpec.Default(theta);
            case "linear" -> new RopeSpec.Linear(theta, atLeastOne(rope, "factor"));
            case "dynamic" -> new RopeSpec.Dynamic(theta, atLeastOne(rope, "factor"), maxPositions());
            case "llama3" -> llama3(rope, theta);
            case "yarn" -> yarn(rope, theta);
            case "longrope", "su" -> longRope(rope, theta);
            default -> throw rope.wrong("rope_type", "one of default, linear, dynamic, llama3, yarn, longrope", type);
        };
    }

    private double theta(String key) {
        ConfigFields place = parameters.filter(rope -> rope.has("rope_theta")).orElse(config);
        String name = place == config ? key : "rope_theta";
        double theta = place.optionalNumber(name).orElse(DEFAULT_THETA);
        if (theta <= 1) {
            throw place.wrong(name, "larger than 1", theta);
        }
        return theta;
    }

    private static RopeSpec llama3(ConfigFields rope, double theta) {
        double low = rope.number("low_freq_factor");
        double high = rope.number("high_freq_factor");
        if (low <= 0 || high <= low) {
            throw rope.wrong("high_freq_factor", "larger than low_freq_factor=" + low + ", both positive", high);
        }
        return new RopeSpec.Llama3(theta, atLeastOne(rope, "factor"), low, high,
                rope.size("original_max_position_embeddings"));
    }

    private RopeSpec yarn(ConfigFields rope, double theta) {
        int original = originalMaxPositions(rope);
        double factor = rope.has("factor") ? atLeastOne(rope, "factor") : (double) maxPositions() / original;
        double slow = positive(rope, "beta_slow", 1);
        double fast = positive(rope, "beta_fast", 32);
        if (fast <= slow) {
            throw rope.wrong("beta_fast", "larger than beta_slow=" + slow, fast);
        }
        return new RopeSpec.Yarn(theta, factor, original, fast, slow, yarnAttentionFactor(rope, factor),
                rope.flag("truncate", true));
    }

    private static double yarnAttentionFactor(ConfigFields rope, double factor) {
        if (rope.has("attention_factor")) {
            return positive(rope, "attention_factor", 1);
        }
        double scale = rope.optionalNumber("mscale").orElse(0);
        double scaleOfAll = rope.optionalNumber("mscale_all_dim").orElse(0);
        return scale != 0 && scaleOfAll != 0
                ? magnitude(factor, scale) / magnitude(factor, scaleOfAll)
                : magnitude(factor, 1);
    }

    /** YaRN's 0.1·scale·ln(factor) + 1. */
    static double magnitude(double factor, double scale) {
        return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
    }

    private RopeSpec longRope(ConfigFields rope, double theta) {
        int original = originalMaxPositions(rope);
        double factor = rope.has("factor") ? atLeastOne(rope, "factor") : (double) maxPositions() / original;
        double attention = factor <= 1 || original == 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
        return new RopeSpec.LongRope(theta, factors(rope, "short_factor"), factors(rope, "long_factor"), original,
                positive(rope, "attention_factor", attention));
    }

    private static List<Double> factors(ConfigFields rope, String key) {
        List<Double> factors = rope.numbers(key);
        for (double factor : factors) {
            if (factor <= 0) {
                throw rope.wrong(key, "positive throughout", factor);
            }
        }
        return factors;
    }

    private int originalMaxPositions(ConfigFields rope) {
        return rope.optionalSize("original_max_position_embeddings")
                .or(() -> config.optionalSize("original_max_position_embeddings")).orElseGet(this::maxPositions);
    }

    private int maxPositions() {
        return config.size("max_position_embeddings");
    }

    private static double positive(ConfigFields rope, String key, double whenAbsent) {
        double value = rope.optionalNumber(key).orElse(whenAbsent);
        if (value <= 0) {
            throw rope.wrong(key, "positive", value);
        }
        return value;
    }

    private static double atLeastOne(ConfigFields rope, String key) {
        double value = rope.number(key);
        if (value < 1) {
            throw rope.wrong(key, "at least 1", value);
        }
        return value;
    }
}
