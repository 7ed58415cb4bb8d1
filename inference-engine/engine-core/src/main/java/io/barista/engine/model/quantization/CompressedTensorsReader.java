package io.barista.engine.model.quantization;

import io.barista.engine.model.ConfigFields;
import io.barista.engine.model.quantization.CompressedTensorsFormat.Group;
import io.barista.engine.model.quantization.CompressedTensorsFormat.Scheme;
import java.util.ArrayList;
import java.util.List;

/** The {@code quantization_config} of compressed-tensors. */
final class CompressedTensorsReader {

    private CompressedTensorsReader() {}

    static WeightFormat read(ConfigFields fields) {
        String format = fields.optionalText("format").orElse("");
        List<Group> groups = new ArrayList<>();
        for (ConfigFields group : fields.objectsIn("config_groups")) {
            String ownFormat = group.optionalText("format").orElse(format);
            groups.add(new Group(ModulePatterns.of(group.texts("targets")), scheme(group, ownFormat)));
        }
        if (groups.isEmpty()) {
            throw fields.wrong("config_groups", "an object with at least one group", "nothing");
        }
        return new CompressedTensorsFormat(List.copyOf(groups), ModulePatterns.of(fields.texts("ignore")));
    }

    private static Scheme scheme(ConfigFields group, String format) {
        ConfigFields weights = group.object("weights")
                .orElseThrow(() -> group.wrong("weights", "how weights are quantised", "nothing"));
        int bits = weights.size("num_bits");
        String type = weights.optionalText("type").orElse("int");
        boolean dynamic = group.object("input_activations").map(input -> input.flag("dynamic", false)).orElse(false);
        return switch (format + "/" + type + bits) {
            case "pack-quantized/int4" -> new Scheme.Int4(groupSize(weights), weights.flag("symmetric", true));
            case "float-quantized/float8", "naive-quantized/float8" -> new Scheme.Fp8(blockSize(weights), dynamic);
            case "int-quantized/int8", "naive-quantized/int8" -> {
                if (!weights.flag("symmetric", true)) {
                    throw QuantizationConfig.unsupported(weights, "symmetric", false);
                }
                yield new Scheme.Int8(blockSize(weights), dynamic);
            }
            default -> throw QuantizationConfig.unsupported(group, "weights",
                    "%s with %s of %d bits".formatted(format, type, bits));
        };
    }

    private static int groupSize(ConfigFields weights) {
        String strategy = weights.optionalText("strategy").orElse("group");
        return switch (strategy) {
            case "group" -> QuantizationConfig.groupSize(weights);
            case "channel" -> -1;
            default -> throw QuantizationConfig.unsupported(weights, "strategy", strategy);
        };
    }

    private static List<Integer> blockSize(ConfigFields weights) {
        String strategy = weights.optionalText("strategy").orElse("tensor");
        return switch (strategy) {
            case "tensor", "channel" -> List.of();
            case "group" -> List.of(1, weights.size("group_size"));
            case "block" ->
                QuantizationConfig.requireBlock(weights, "block_structure", weights.ints("block_structure"));
            default -> throw QuantizationConfig.unsupported(weights, "strategy", strategy);
        };
    }
}
