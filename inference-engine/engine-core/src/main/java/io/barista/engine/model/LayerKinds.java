package io.barista.engine.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Which layers see only a window of the tokens before: {@code layer_types}, or else the rule of the family. */
final class LayerKinds {

    private LayerKinds() {}

    /** @param rule whether the layer of an index is a windowed one, where config.json has no list */
    static List<Boolean> windowed(ModelConfig config, IntPredicate rule) {
        List<String> types = config.fields().texts("layer_types");
        List<Boolean> windowed = new ArrayList<>();
        if (!types.isEmpty() && types.size() != config.layers()) {
            throw config.fields().wrong("layer_types", "a list of num_hidden_layers=" + config.layers(), types);
        }
        for (int i = 0; i < config.layers(); i++) {
            windowed.add(types.isEmpty() ? rule.test(i) : switch (types.get(i)) {
                case "sliding_attention" -> true;
                case "full_attention" -> false;
                default -> throw config.fields().wrong("layer_types", "of full_attention and sliding_attention",
                        types.get(i));
            });
        }
        return windowed;
    }
}
