package io.barista.engine;

import io.barista.config.QuantizationChoice;
import io.barista.engine.model.quantization.Int8AtLoad;
import io.barista.engine.model.quantization.QuantizationConfig;
import io.barista.engine.model.quantization.WeightFormat;
import java.util.Optional;

/**
 * How weights are kept: as the folder says, or int8 made of plain weights.
 *
 * @param name as in the {@code quantization} option; {@code none} for plain weights
 */
record QuantizationSelection(String name, WeightFormat format) {

    /** @throws EngineException INVALID_CONFIG when what was asked for is not what the folder holds */
    static QuantizationSelection choose(QuantizationChoice asked, Optional<QuantizationConfig> folder) {
        return switch (asked) {
            case AUTO -> folder.map(QuantizationSelection::of)
                    .orElse(new QuantizationSelection("none", WeightFormat.PLAIN));
            case INT8 -> {
                folder.ifPresent(found -> {
                    throw EngineException.of(EngineException.Code.INVALID_CONFIG,
                            "quantization: int8 is made of plain weights while they are loaded, but the folder's are "
                                    + "%s already; leave quantization out",
                            found.method());
                });
                yield new QuantizationSelection("int8", new Int8AtLoad());
            }
            case GPTQ -> matching("gptq", folder);
            case AWQ -> matching("awq", folder);
            case FP8 -> matching("fp8", folder);
            case COMPRESSED_TENSORS -> matching("compressed-tensors", folder);
        };
    }

    private static QuantizationSelection matching(String method, Optional<QuantizationConfig> folder) {
        return folder.filter(found -> found.method().equals(method)).map(QuantizationSelection::of)
                .orElseThrow(() -> EngineException.of(EngineException.Code.INVALID_CONFIG,
                        "quantization: %s was asked for, but quantization_config in the folder's config.json says %s; "
                                + "leave quantization out to take what the folder holds",
                        method, folder.map(QuantizationConfig::method).orElse("nothing")));
    }

    private static QuantizationSelection of(QuantizationConfig found) {
        return new QuantizationSelection(found.method(), found.format());
    }
}
