package io.barista.engine.model.quantization;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Weight;
import java.util.List;
import java.util.Optional;

/**
 * e4m3 weights [N, K] with {@code weight_scale_inv} by block, or {@code weight_scale} by channel or tensor, to multiply by.
 * Projections in another type are plain.
 *
 * @param blockSize [outputs, inputs]; empty where scales are not by block
 */
record Fp8Format(List<Integer> blockSize, boolean dynamicActivations) implements WeightFormat {

    @Override
    public Weight read(TensorSource tensors, String projection, int outputs, int inputs) {
        Optional<DType> stored = tensors.find(projection + ".weight").map(HostTensor::dtype);
        if (stored.isEmpty() || stored.get() != DType.FLOAT8_E4M3) {
            return PLAIN.read(tensors, projection, outputs, inputs);
        }
        String name = projection + (blockSize.isEmpty() ? ".weight_scale" : ".weight_scale_inv");
        HostTensor scales = tensors.find(name)
                .orElseThrow(() -> Scales.invalid("weight %s is missing, but %s.weight is in fp8", name, projection));
        return ScaledFormat.fp8(tensors, projection, scales, blockSize, dynamicActivations, outputs, inputs);
    }
}
