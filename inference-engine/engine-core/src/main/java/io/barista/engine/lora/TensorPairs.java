package io.barista.engine.lora;

import static io.barista.engine.lora.AdapterReader.invalid;

import io.barista.engine.backend.HostTensor;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sorts an adapter's tensors by the modules in their names. */
final class TensorPairs {

    /** As PEFT saves them; {@code .default} is the adapter's name in files of old versions. */
    private static final Pattern NAME = Pattern
            .compile("(?:base_model\\.model\\.)?(.+)\\.lora_([AB])(?:\\.default)?\\.weight");

    private TensorPairs() {}

    /**
     * @param a [rank, inputs]
     * @param b [outputs, rank]
     */
    record Pair(HostTensor a, HostTensor b) {}

    /** By module, from {@code layers} on where there is one. */
    static Map<String, Pair> of(Map<String, HostTensor> tensors) {
        Map<String, HostTensor> lower = new TreeMap<>();
        Map<String, HostTensor> upper = new TreeMap<>();
        tensors.forEach((name, tensor) -> {
            Matcher parts = NAME.matcher(name);
            if (!parts.matches()) {
                throw invalid("%s is not a LoRA matrix of a linear layer%s", name, hint(name));
            }
            String module = fromLayers(parts.group(1));
            if ((parts.group(2).equals("A") ? lower : upper).put(module, tensor) != null) {
                throw invalid("%s is there twice", name);
            }
        });
        Map<String, Pair> pairs = new TreeMap<>();
        lower.forEach((module, a) -> pairs.put(module, new Pair(a, requireOther(upper.remove(module), module, "B"))));
        upper.keySet().forEach(module -> requireOther(null, module, "A"));
        return pairs;
    }

    private static HostTensor requireOther(@Nullable HostTensor tensor, String module, String which) {
        if (tensor == null) {
            throw invalid("%s has no lora_%s", module, which);
        }
        return tensor;
    }

    private static String fromLayers(String module) {
        int start = module.indexOf("layers.");
        return start < 0 ? module : module.substring(start);
    }

    private static String hint(String name) {
        if (name.contains("lora_embedding")) {
            return " (adapters of embeddings are not supported)";
        }
        if (name.contains("lora_magnitude_vector")) {
            return " (DoRA is not supported)";
        }
        return name.contains("modules_to_save") ? " (modules that were trained in full are not supported)" : "";
    }
}
