package io.barista.engine.model.quantization;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Weight;
import java.util.List;

/** Codes of one byte [N, K] with scales for a tensor, a channel, a group or a block; which, the scales' own shape tells. */
final class ScaledFormat {

    private ScaledFormat() {}

    /**
     * The inputs of one scale, and the scale of each output and group.
     *
     * @param blockOutputs neighbouring outputs that share a scale
     */
    private record Blocks(int blockOutputs, int groupSize, int groups) {

        long index(int output, int group) {
            return (long) (output / blockOutputs) * groups + group;
        }
    }

    static Weight fp8(TensorSource tensors, String projection, HostTensor scales, List<Integer> blockSize,
            boolean dynamicActivations, int outputs, int inputs) {
        HostTensor codes = tensors.require(projection + ".weight", DType.FLOAT8_E4M3, outputs, inputs);
        Scales.requireNumbers(codes);
        Blocks blocks = blocks(scales, blockSize, outputs, inputs);
        return new Weight.Fp8(projection, outputs, inputs, blocks.groupSize(), codes.data(),
                Scales.expand(scales, outputs, blocks.groups(), blocks::index), dynamicActivations);
    }

    static Weight int8(TensorSource tensors, String projection, HostTensor scales, List<Integer> blockSize,
            boolean dynamicActivations, int outputs, int inputs) {
        HostTensor codes = tensors.require(projection + ".weight", DType.INT8, outputs, inputs);
        Blocks blocks = blocks(scales, blockSize, outputs, inputs);
        return new Weight.Int8(projection, outputs, inputs, blocks.groupSize(), codes.data(),
                Scales.expand(scales, outputs, blocks.groups(), blocks::index),
                dynamicActivations && blocks.groups() == 1);
    }

    /** @param blockSize [outputs, inputs] of a block; empty where scales are not by block */
    private static Blocks blocks(HostTensor scales, List<Integer> blockSize, int outputs, int inputs) {
        if (!blockSize.isEmpty()) {
            int rows = blockSize.get(0);
            int columns = blockSize.get(1);
            int groups = Math.ceilDiv(inputs, columns);
            if (columns % 8 != 0 && columns < inputs) {
                throw Scales.invalid("%s: blocks of %d inputs; expected a multiple of 8", scales.name(), columns);
            }
            if (scales.hasShape(Math.ceilDiv(outputs, rows), groups)) {
                return new Blocks(rows, columns, groups);
            }
        } else if (scales.elements() == 1) {
            return new Blocks(outputs, inputs, 1);
        } else if (scales.hasShape(outputs, 1) || scales.hasShape(outputs)) {
            return new Blocks(1, inputs, 1);
        }
        throw Scales.invalid("%s has shape %s, which fits no scale for the tensor, its %d outputs or blocks of %s",
                scales.name(), scales.shape(), outputs, blockSize);
    }
}
