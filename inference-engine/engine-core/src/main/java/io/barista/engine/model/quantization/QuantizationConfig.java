package io.barista.engine.model.quantization;

import io.barista.engine.EngineException;
import io.barista.engine.model.ConfigFields;
import java.util.List;
import java.util.Optional;

/**
 * What {@code quantization_config} of config.json says: the method, and the format its weights lie in.
 *
 * @param method as in config.json: gptq, awq, fp8, compressed-tensors
 */
public record QuantizationConfig(String method, WeightFormat format) {

    private static final String SUPPORTED = "gptq (4 bits), awq (4 bits, version gemm), fp8 (e4m3) and compressed-tensors "
            + "(pack-quantized with 4 bits, float-quantized and int-quantized with 8)";

    /**
     * @param config config.json
     * @return empty for a folder that is not quantised
     * @throws EngineException INVALID_MODEL for a method or a scheme that is not supported
     */
    public static Optional<QuantizationConfig> read(ConfigFields config) {
        return config.object("quantization_config").or(() -> config.object("compression_config")).map(fields -> {
            String method = fields.text("quant_method");
            return new QuantizationConfig(method, switch (method) {
                case "gptq" -> gptq(fields);
                case "awq" -> awq(fields);
                case "fp8", "fbgemm_fp8" -> fp8(fields);
                case "compressed-tensors" -> CompressedTensorsReader.read(fields);
                default -> throw unsupported(fields, "quant_method", method);
            });
        });
    }

    static EngineException unsupported(ConfigFields fields, String key, Object came) {
        return fields.wrong(key, "one of what is supported: " + SUPPORTED, came);
    }

    private static WeightFormat gptq(ConfigFields fields) {
        requireFourBits(fields);
        String version = fields.optionalText("checkpoint_format").orElse("gptq");
        int zeroOffset = switch (version) {
            case "gptq" -> 1;
            case "gptq_v2" -> 0;
            default -> throw unsupported(fields, "checkpoint_format", version);
        };
        if (fields.has("dynamic")) {
            throw fields.wrong("dynamic", "absent: all modules must be quantised alike", "given");
        }
        return new GptqFormat(groupSize(fields), zeroOffset);
    }

    private static WeightFormat awq(ConfigFields fields) {
        requireFourBits(fields);
        String version = fields.optionalText("version").orElse("gemm");
        if (!version.equalsIgnoreCase("gemm")) {
            throw unsupported(fields, "version", version);
        }
        return new AwqFormat(groupSize(fields));
    }

    private static WeightFormat fp8(ConfigFields fields) {
        String type = fields.optionalText("fmt").orElse("e4m3");
        if (!type.equals("e4m3")) {
            throw unsupported(fields, "fmt", type);
        }
        String activations = fields.optionalText("activation_scheme").orElse("dynamic");
        List<Integer> block = fields.ints("weight_block_size");
        return new Fp8Format(requireBlock(fields, "weight_block_size", block), activations.equals("dynamic"));
    }

    static List<Integer> requireBlock(ConfigFields fields, String key, List<Integer> block) {
        if (!block.isEmpty() && (block.size() != 2 || block.get(0) < 1 || block.get(1) < 1)) {
            throw fields.wrong(key, "the two sides of a block, such as [128, 128]", block);
        }
        return block;
    }

    private static void requireFourBits(ConfigFields fields) {
        int bits = fields.optionalInt("bits").or(() -> fields.optionalInt("w_bit")).orElse(4);
        if (bits != 4) {
            throw unsupported(fields, "bits", bits);
        }
    }

    static int groupSize(ConfigFields fields) {
        int size = fields.optionalInt("group_size").or(() -> fields.optionalInt("q_group_size")).orElse(-1);
        if (size != -1 && (size < 8 || size % 8 != 0)) {
            throw fields.wrong("group_size", "-1 or a multiple of 8", size);
        }
        return size;
    }
}
