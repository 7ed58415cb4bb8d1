package io.barista.engine.model.quantization;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/**
 * The folders of llm-compressor: groups of modules, each with a scheme of its own, and modules that are left plain.
 *
 * @param ignored modules that are not quantised
 */
record CompressedTensorsFormat(List<Group> groups, ModulePatterns ignored) implements WeightFormat {

    /** Modules and how their weights are stored. */
    record Group(ModulePatterns targets, Scheme scheme) {}

    sealed interface Scheme {

        /** {@code pack-quantized}: weight_packed int32 [N, ⌈K/8⌉], codes plus 8; weight_scale [N, G]. @param groupSize −1 is one group */
        record Int4(int groupSize, boolean symmetric) implements Scheme {}

        /** {@code float-quantized}: weight e4m3 [N, K]. @param blockSize empty for a scale by channel or tensor */
        record Fp8(List<Integer> blockSize, boolean dynamicActivations) implements Scheme {}

        /** {@code int-quantized}: weight int8 [N, K]. @param blockSize empty for a scale by channel or tensor */
        record Int8(List<Integer> blockSize, boolean dynamicActivations) implements Scheme {}
    }

    /** What is added to signed codes so that they are none below zero. */
    private static final int OFFSET = 8;

    @Override
    public Weight read(TensorSource tensors, String projection, int outputs, int inputs) {
        Optional<Group> group = ignored.match(projection)
                ? Optional.empty()
                : groups.stream().filter(candidate -> candidate.targets().match(projection)).findFirst();
        if (group.isEmpty()) {
            return PLAIN.read(tensors, projection, outputs, inputs);
        }
        return switch (group.get().scheme()) {
            case Scheme.Int4 scheme -> int4(tensors, projection, scheme, outputs, inputs);
            case Scheme.Fp8 scheme -> ScaledFormat.fp8(tensors, projection, scales(tensors, projection),
                    scheme.blockSize(), scheme.dynamicActivations(), outputs, inputs);
            case Scheme.Int8 scheme -> ScaledFormat.int8(tensors, projection, scales(tensors, projection),
                    scheme.blockSize(), scheme.dynamicActivations(), outputs, inputs);
        };
    }

    private static HostTensor scales(TensorSource tensors, String projection) {
        return tensors.find(projection + ".weight_scale")
                .orElseThrow(() -> Scales.invalid("weight %s.weight_scale is missing; quantization_config neither "
                        + "ignores %s nor is it quantised", projection, projection));
    }

    private static Weight int4(TensorSource tensors, String projection, Scheme.Int4 scheme, int outputs, int inputs) {
        int rowWords = Math.ceilDiv(inputs, Nibbles.PER_WORD);
        int group = scheme.groupSize() < 0 ? inputs : scheme.groupSize();
        int groups = Math.ceilDiv(inputs, group);
        HostTensor words = tensors.require(projection + ".weight_packed", DType.INT32, outputs, rowWords);
        HostTensor scales = tensors.require(projection + ".weight_scale", outputs, groups);
        tensors.find(projection + ".weight_shape"); // says what the shape is asked for to be anyway
        int[] order = tensors.find(projection + ".weight_g_idx").isEmpty()
                ? null
                : InputGroups.order(tensors.require(projection + ".weight_g_idx", DType.INT32, inputs), inputs, group);
        return new Weight.Int4(projection, outputs, inputs, group,
                order == null ? words.data() : Nibbles.reorder(words.data(), outputs, order),
                Scales.expand(scales, outputs, groups, (output, g) -> (long) output * groups + g),
                zeros(tensors, projection, scheme.symmetric(), outputs, groups), order);
    }

    /** weight_zero_point int32 [⌈N/8⌉, G], eight outputs a word, plus 8 as codes are. */
    private static MemorySegment zeros(TensorSource tensors, String projection, boolean symmetric, int outputs,
            int groups) {
        MemorySegment zeros = Arena.ofAuto().allocate((long) outputs * groups);
        if (symmetric) {
            return zeros.fill((byte) OFFSET);
        }
        HostTensor words = tensors.require(projection + ".weight_zero_point", DType.INT32,
                Math.ceilDiv(outputs, Nibbles.PER_WORD), groups);
        for (int output = 0; output < outputs; output++) {
            for (int group = 0; group < groups; group++) {
                int word = Nibbles.word(words.data(), (long) output / Nibbles.PER_WORD * groups + group);
                zeros.set(ValueLayout.JAVA_BYTE, (long) output * groups + group,
                        (byte) Nibbles.get(word, output % Nibbles.PER_WORD));
            }
        }
        return zeros;
    }
}
