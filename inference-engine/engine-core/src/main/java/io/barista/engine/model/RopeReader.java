package io.barista.engine.model;

import java.util.List;
import java.util.Optional;

/**
 * Reads rotary embedding from config.json: {@code rope_parameters} as transformers 5 writes it, else {@code rope_theta} and
 * {@code rope_scaling} (with {@code rope_type} or, older, {@code type}).
 */
final class RopeReader {

    private static final double DEFAULT_THETA = 10_000;

    private RopeReader() {}

    static RopeSpec read(ConfigFields config) {
        Optional<ConfigFields> parameters = config.object("rope_parameters").or(() -> config.object("rope_scaling"));
        double theta = theta(config, parameters);
        refusePartialRotation(config);
        if (parameters.isEmpty()) {
            return new RopeSpec.Default(theta);
        }
        ConfigFields rope = parameters.get();
        refusePartialRotation(rope);
        refuseKindsByLayer(rope);
        String type = rope.optionalText("rope_type").or(() -> rope.optionalText("type")).orElse("default");
        return switch (type) {
            case "default" -> new RopeSpec.Default(theta);
            case "linear" -> new RopeSpec.Linear(theta, atLeastOne(rope, "factor"));
            case "llama3" -> llama3(rope, theta);
            default -> throw rope.wrong("rope_type", "one of default, linear, llama3", type);
        };
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

    private static double theta(ConfigFields config, Optional<ConfigFields> parameters) {
        ConfigFields place = parameters.filter(rope -> rope.has("rope_theta")).orElse(config);
        double theta = place.optionalNumber("rope_theta").orElse(DEFAULT_THETA);
        if (theta <= 0) {
            throw place.wrong("rope_theta", "positive", theta);
        }
        return theta;
    }

    private static double atLeastOne(ConfigFields rope, String key) {
        double value = rope.number(key);
        if (value < 1) {
            throw rope.wrong(key, "at least 1", value);
        }
        return value;
    }

    /** Some families rotate their windowed layers differently, with one object for each kind of layer. */
    private static void refuseKindsByLayer(ConfigFields rope) {
        for (String kind : List.of("full_attention", "sliding_attention")) {
            if (rope.has(kind)) {
                throw rope.wrong(kind, "absent (one rope for all layers is supported)", "present");
            }
        }
    }

    private static void refusePartialRotation(ConfigFields fields) {
        double part = fields.optionalNumber("partial_rotary_factor").orElse(1);
        if (part != 1) {
            throw fields.wrong("partial_rotary_factor", "1 (partial rotation is not supported)", part);
        }
    }
}
