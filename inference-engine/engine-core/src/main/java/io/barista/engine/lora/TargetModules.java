package io.barista.engine.lora;

import io.barista.engine.model.ConfigFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Which modules an adapter says it is for, by PEFT's rules: {@code target_modules} is a list of names or of their ends, a regular
 * expression for the whole name, or {@code all-linear}; {@code exclude_modules} and {@code layers_to_transform} take some out.
 */
final class TargetModules {

    private static final String ALL_LINEAR = "all-linear";
    private static final Pattern LAYER = Pattern.compile("(?:^|\\.)layers\\.(\\d+)\\.");

    private final ConfigFields config;
    private final Expressions expressions;
    private final Predicate<String> targets;
    private final Predicate<String> excluded;
    private final List<Integer> layers;

    TargetModules(ConfigFields config, Expressions expressions) {
        this.config = config;
        this.expressions = expressions;
        this.targets = config.find("target_modules").map(node -> rule("target_modules", node)).orElse(_ -> true);
        this.excluded = config.find("exclude_modules").map(node -> rule("exclude_modules", node)).orElse(_ -> false);
        this.layers = config.ints("layers_to_transform");
    }

    /** @param module from {@code layers} on */
    boolean include(String module) {
        // Expressions are written for whole names, of models that were wrapped in one way or another.
        return List.of("model." + module, module, "model.model." + module).stream().anyMatch(targets)
                && !excluded.test("model." + module) && !excluded.test(module) && isOfLayers(module);
    }

    private boolean isOfLayers(String module) {
        Matcher layer = LAYER.matcher(module);
        return layers.isEmpty() || !layer.find() || layers.contains(Integer.parseInt(layer.group(1)));
    }

    private Predicate<String> rule(String key, JsonNode node) {
        if (node.isString() && node.stringValue().equals(ALL_LINEAR)) {
            return _ -> true;
        }
        if (node.isString()) {
            return expressions.of(key, node.stringValue());
        }
        List<String> names = new ArrayList<>(Optional.of(node).filter(JsonNode::isArray).map(_ -> config.texts(key))
                .orElseThrow(() -> config.wrong(key, "a list of names, a regular expression or all-linear", node)));
        return module -> names.stream().anyMatch(name -> module.equals(name) || module.endsWith("." + name));
    }
}
