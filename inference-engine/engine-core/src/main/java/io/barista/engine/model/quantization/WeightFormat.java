package io.barista.engine.model.quantization;

import io.barista.engine.backend.Weight;

/** How the weights of projections lie in a model folder. */
public interface WeightFormat {

    /** Unquantised: {@code NAME.weight} in float32, float16 or bfloat16. */
    WeightFormat PLAIN = (tensors, projection, outputs, inputs) -> new Weight.Dense(
            tensors.require(projection + ".weight", outputs, inputs));

    /**
     * @param projection the name without {@code .weight} or what else the format has behind it
     * @throws io.barista.engine.EngineException INVALID_MODEL when a tensor is missing, has another shape or a scale that is no
     *                                           number
     */
    Weight read(TensorSource tensors, String projection, int outputs, int inputs);

    /** The format of an embedding that is the output matrix too; files keep such a one plain. */
    default WeightFormat ofTiedHead() {
        return PLAIN;
    }
}
