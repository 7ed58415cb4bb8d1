package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What launches ask of a multiprocessor, which refuses one that asks for more than it has. */
class SharedMemoryTest {

    /** Of a block, on Hopper. */
    private static final int MOST = 227 << 10;

    @ParameterizedTest
    @ValueSource(ints = {32, 896, 4_096, 14_336, 28_672, 131_072})
    void quantizedProductsFitWhateverTheInputs(int inputs) {
        for (int rows = 1; rows <= 8; rows++) {
            assertThat(QuantizedGemv.sharedBytes(rows, inputs)).isLessThanOrEqualTo(MOST);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 896, 4_096, 6_144, 14_336, 28_672})
    void reorderedInputsAreStagedWholly(int inputs) {
        int rows = QuantizedGemv.rowsPerLaunch(new PackedWeights(1, 8, inputs, WeightKind.INT4, 128, 1, 1, 1, 1));

        assertThat(rows).isBetween(1, 8);
        assertThat(QuantizedGemv.sharedBytes(rows, inputs)).isGreaterThan(QuantizedGemv.sharedBytes(8, 1 << 20));
    }

    @Test
    void inputsThatNoRowFitsWithAreLeftToTheOtherWay() {
        assertThat(QuantizedGemv.rowsPerLaunch(new PackedWeights(1, 8, 1 << 17, WeightKind.INT4, 128, 1, 1, 1, 1)))
                .isZero();
        assertThat(QuantizedGemv.rowsPerLaunch(new PackedWeights(1, 8, 1 << 17, WeightKind.INT4, 128, 1, 1, 1, 0)))
                .isEqualTo(8);
    }

    @ParameterizedTest
    @EnumSource
    void expertsFit(WeightKind kind) {
        assertThat(GroupedMatmul.sharedBytes(kind)).isLessThanOrEqualTo(MOST);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 64, 80, 96, 128, 256})
    void attentionFits(int headDim) {
        for (boolean fp8 : new boolean[]{false, true}) {
            assertThat(DecodeAttention.sharedBytes(headDim, fp8)).isLessThanOrEqualTo(MOST);
            assertThat(PrefillAttention.sharedBytes(headDim, fp8)).isLessThanOrEqualTo(MOST);
        }
    }
}
