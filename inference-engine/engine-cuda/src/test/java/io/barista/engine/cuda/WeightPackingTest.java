package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What kernels find at the addresses they are given, by the formulas in their heads. */
class WeightPackingTest {

    private static final int INPUTS = 40;
    private static final int GROUP = 16;
    private static final int GROUPS = 3; // the last one is half full

    private final Random random = new Random(5);
    private final HostMemory memory = new HostMemory();
    private final WeightPacking packing = new WeightPacking(memory, Element.BFLOAT16);

    @Test
    void partsOfAnExpertFollowEachOtherAndExpertsToo() {
        int[] firstOrder = order(1);
        int[] secondOrder = order(3);
        List<List<Weight.Int4>> experts = List.of(List.of(int4(3, firstOrder), int4(2, firstOrder)),
                List.of(int4(3, secondOrder), int4(2, secondOrder)));

        PackedWeights packed = packing.pack("experts", experts);

        assertThat(packed.count()).isEqualTo(2);
        assertThat(packed.outputs()).isEqualTo(5);
        for (int expert = 0; expert < 2; expert++) {
            int row = 0;
            for (Weight.Int4 part : experts.get(expert)) {
                for (int output = 0; output < part.outputs(); output++, row++) {
                    for (int k = 0; k < INPUTS; k++) {
                        assertThat(weight(packed, expert, row, k)).isEqualTo(weight(part, output, k));
                        assertThat(memory.ints(packed.order(), expert * INPUTS + k))
                                .isEqualTo(expert == 0 ? firstOrder[k] : secondOrder[k]);
                    }
                }
            }
        }
    }

    /** As kernels read it: the product of scale and code less zero, of the k-th code. */
    private float weight(PackedWeights packed, int matrix, int output, int k) {
        long row = (long) matrix * packed.outputs() + output;
        int word = memory.ints(packed.weights(), row * ((INPUTS + 7) / 8) + k / 8);
        int zero = memory.bytes(packed.zeros(), row * GROUPS + k / GROUP);
        return memory.floats(packed.scales(), row * GROUPS + k / GROUP) * ((word >>> 4 * (k % 8) & 15) - zero);
    }

    private static float weight(Weight.Int4 part, int output, int k) {
        int word = part.codes().get(ValueLayout.JAVA_INT, output * Weight.Int4.rowBytes(INPUTS) + k / 8 * 4L);
        int zero = part.zeros().get(ValueLayout.JAVA_BYTE, output * GROUPS + k / GROUP);
        return part.scales().getAtIndex(ValueLayout.JAVA_FLOAT, output * GROUPS + k / GROUP)
                * ((word >>> 4 * (k % 8) & 15) - zero);
    }

    @Test
    void codesOfAByteAndTheirScalesStayAsTheyAre() {
        MemorySegment codes = bytes(4 * INPUTS);
        MemorySegment scales = scales(4);

        PackedWeights packed = packing.pack("fp8",
                List.of(List.of(new Weight.Fp8("fp8", 4, INPUTS, GROUP, codes, scales, false))));

        assertThat(packed.zeros()).isZero();
        assertThat(packed.isOrdered()).isFalse();
        for (int i = 0; i < 4 * INPUTS; i++) {
            assertThat(memory.bytes(packed.weights(), i)).isEqualTo(codes.get(ValueLayout.JAVA_BYTE, i));
        }
        for (int i = 0; i < 4 * GROUPS; i++) {
            assertThat(memory.floats(packed.scales(), i)).isEqualTo(scales.getAtIndex(ValueLayout.JAVA_FLOAT, i));
        }
    }

    @Test
    void denseWeightsBecomeElements() {
        float[] values = {1, -2, 0.5f, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
        HostTensor tensor = new HostTensor("w", DType.FLOAT32, List.of(2L, 8L), MemorySegment.ofArray(values));

        PackedWeights packed = packing.pack("w", List.of(List.of(new Weight.Dense(tensor))));

        for (int i = 0; i < values.length; i++) {
            assertThat(Elements.get(DType.BFLOAT16, memory.at(packed.weights()), i)).isEqualTo(values[i]);
        }
    }

    @Test
    void refusesPartsThatCannotBecomeOneMatrix() {
        Weight.Int4 plain = int4(2, null);
        Weight.Int8 bytes = new Weight.Int8("int8", 2, INPUTS, GROUP, bytes(2 * INPUTS), scales(2), false);

        assertThatThrownBy(() -> packing.pack("qkv", List.of(List.of(plain, bytes))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("qkv: int8 is INT8 [2, 40] in groups of 16; expected as in int4, which is INT4 [2, 40] in "
                        + "groups of 16");
        assertThatThrownBy(() -> packing.pack("qkv", List.of(List.of(int4(2, order(1)), int4(2, order(3))))))
                .hasMessageContaining("inputs reordered");
        assertThatThrownBy(() -> packing.pack("experts", List.of(List.of(plain), List.of(int4(3, null)))))
                .hasMessage("experts: int4 has 3 outputs, int4 has 2");
        assertThatThrownBy(() -> packing.pack("nothing", List.of())).hasMessage("nothing has no parts");
    }

    private Weight.Int4 int4(int outputs, int[] order) {
        int codeBytes = outputs * (int) Weight.Int4.rowBytes(INPUTS);
        MemorySegment zeros = Arena.ofAuto().allocate((long) outputs * GROUPS);
        for (int i = 0; i < outputs * GROUPS; i++) {
            zeros.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt(17));
        }
        return new Weight.Int4("int4", outputs, INPUTS, GROUP, bytes(codeBytes), scales(outputs), zeros, order);
    }

    /** A permutation: inputs in steps of an odd number that INPUTS is no multiple of. */
    private static int[] order(int step) {
        int[] order = new int[INPUTS];
        for (int k = 0; k < INPUTS; k++) {
            order[k] = (k * step + 1) % INPUTS;
        }
        return order;
    }

    private MemorySegment bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        MemorySegment segment = Arena.ofAuto().allocate(count, 8);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, count);
        return segment;
    }

    private MemorySegment scales(int outputs) {
        MemorySegment segment = Arena.ofAuto().allocate((long) outputs * GROUPS * Float.BYTES, 8);
        for (int i = 0; i < outputs * GROUPS; i++) {
            segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat());
        }
        return segment;
    }
}
