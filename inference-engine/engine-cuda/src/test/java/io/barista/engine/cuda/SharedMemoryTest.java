package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.engine.backend.LatentAttentionSpec;
import io.barista.engine.backend.LatentAttentionSpec.Pairs;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What launches ask of a multiprocessor, which refuses one that asks for more than it has. */
class SharedMemoryTest {

    /** Of a block, on Hopper. */
    private static final int MOST = 227 << 10;

    @ParameterizedTest
    @ValueSource(ints = {32, 896, 4_096, 6_144, 14_336})
    void rowsOfQuantizedProductsFit(int inputs) {
        for (PackedWeights w : quantized(inputs)) {
            int rows = QuantizedGemv.rowsPerLaunch(w);

            assertThat(rows).as("%s", w).isBetween(1, 8);
            assertThat(QuantizedGemv.sharedBytes(w, rows)).as("%s", w).isLessThanOrEqualTo(MOST);
        }
    }

    @Test
    void inputsThatNoRowFitsWithAreLeftToTheOtherWay() {
        for (PackedWeights w : quantized(1 << 17)) {
            assertThat(QuantizedGemv.rowsPerLaunch(w)).as("%s", w).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 17, 32, 33, 64})
    void tilesOfQuantizedProductsFit(int rows) {
        for (PackedWeights w : quantized(4_096)) {
            assertThat(QuantizedTiles.sharedBytes(w.kind(), w.span(), rows)).as("%s", w).isLessThanOrEqualTo(MOST);
        }
    }

    /** The sums of splits lie where a matrix is written out. */
    @ParameterizedTest
    @ValueSource(ints = {32, 128, 896, 4_096, 14_336})
    void sumsOfSplitsTakeNoMoreThanTheMatrix(int inputs) {
        for (int outputs : new int[]{8, 256, 4_096, 28_672}) {
            int splits = QuantizedTiles.splits(outputs, inputs, 132);

            assertThat(splits).isPositive();
            assertThat(splits == 1 ? 0 : splits * 64L * outputs * Float.BYTES)
                    .isLessThanOrEqualTo(2L * outputs * inputs);
        }
    }

    private static List<PackedWeights> quantized(int inputs) {
        return Stream.of(WeightKind.INT4, WeightKind.INT8, WeightKind.FP8)
                .flatMap(kind -> IntStream.of(32, 64, 96, 128, inputs)
                        .mapToObj(group -> new PackedWeights(1, 8, inputs, kind, group, 1, 1, 1, 0)))
                .toList();
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

    @Test
    void latentsOfDeepSeekFitAndWiderOnesAreLeftToThePlainKernel() {
        LatentAttentionSpec deepSeek = new LatentAttentionSpec(128, 512, 128, 64, 128, 1, Pairs.NEIGHBOURS);
        LatentAttentionSpec wide = new LatentAttentionSpec(16, 1_024, 128, 64, 128, 1, Pairs.NEIGHBOURS);
        LatentAttentionSpec narrow = new LatentAttentionSpec(4, 32, 16, 8, 12, 1, Pairs.NEIGHBOURS);

        assertThat(LatentTiles.takes(deepSeek, Element.BFLOAT16, MOST)).isTrue();
        assertThat(LatentTiles.takes(deepSeek, Element.FLOAT32, MOST)).isFalse();
        assertThat(LatentTiles.takes(wide, Element.BFLOAT16, MOST)).isFalse();
        assertThat(LatentTiles.takes(narrow, Element.BFLOAT16, MOST)).isFalse();
    }
}
